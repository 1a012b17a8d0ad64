import type { Definition } from '../../definition/definition.ts';
import { quoteTable } from '../steps/table-sql.ts';
import { type Difference, difference } from './difference.ts';
import type { FoundModel, Made } from './found-model.ts';

/** Tables that changes cannot touch, or requests not read and write. */
export function accessDifferences(
  model: Definition,
  { table, madeTable, joins = [] }: FoundModel,
): readonly Difference[] {
  const tables = [...(table && madeTable ? [{ table, made: madeTable }] : []), ...joins];
  return tables.flatMap(({ table: { schema, name }, made }) => ofTable(model, { schema, table: name }, made));
}

function ofTable(
  model: Definition,
  target: { readonly schema: string; readonly table: string },
  { strangeOwner, lacking, hidesRows }: Made,
): readonly Difference[] {
  const name = quoteTable(target);
  const what = `the table ${name} of ${model.name}`;
  const found: Difference[] = [];
  if (strangeOwner) {
    const message = `${what} belongs to ${strangeOwner}, so that no change can be made to it: run alter table ${name} owner to remodel_migrator`;
    found.push(difference(model, 'tableBlocked', `${target.table} owner`, message, {}));
  }
  if (hidesRows) {
    const message = `${what} has row level security, which hides rows from remodel_edge: limit who reads what by keys, and run alter table ${name} disable row level security`;
    found.push(difference(model, 'tableBlocked', `${target.table} security`, message, {}));
  }
  if (lacking.length > 0) {
    const message = `remodel_edge, by which requests are answered, lacks rights on ${what}: ${lacking.join(', ')}`;
    const steps = () => [
      { kind: 'grantTable' as const, phase: 'publish' as const, model: model.name, target, columns: [] },
    ];
    const catalog = { next: model, steps };
    found.push(difference(model, 'rightsMissing', target.table, message, { catalog }));
  }
  return found;
}
