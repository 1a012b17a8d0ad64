import type { Definition, Field } from '../../definition/definition.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { quoteIdentifier } from '../../definition/identifiers.ts';
import { objectName } from '../../definition/physical-names.ts';
import { keyField, systemFields } from '../../definition/system-fields.ts';
import type { ModelContext } from '../model-context.ts';
import { KEY_DEFAULTS } from '../steps/create-table.ts';
import type { Step } from '../steps.ts';
import { type Difference, difference } from './difference.ts';

/** What holds the system's fields: the primary key, and the defaults by which records get their ids and moments. */
export function keyDifferences(model: Definition, table: FoundTable): readonly Difference[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const key = keyField(model);
  return [
    ...(columns.has(key.column) ? primaryKey(model, table, key) : []),
    // An adopted table has those that it has.
    ...(model.adopted ? [] : systemFields(model)).flatMap((field) => {
      const column = columns.get(field.column);
      const wanted = field.id === 'id' ? KEY_DEFAULTS[model.key] : 'now()';
      if (!column || wanted === null || column.default !== null) return [];
      const message = `the column ${field.column} of ${model.name} has no default, and not ${wanted}`;
      const steps = ({ target }: ModelContext): readonly Step[] => [
        {
          kind: 'setDefault',
          phase: 'expand',
          model: model.name,
          target,
          columns: [field.column],
          column: field.column,
          default: wanted,
        },
      ];
      const catalog = { next: model, steps };
      return [difference(model, 'columnDefault', field.column, message, { catalog }, field.name)];
    }),
  ];
}

function primaryKey(model: Definition, table: FoundTable, { column }: Field): readonly Difference[] {
  const primary = table.constraints.find(({ kind }) => kind === 'primaryKey');
  if (primary?.columns.join() === column) return [];
  const what = `the primary key of ${table.schema}.${table.name} (${column})`;
  if (primary) {
    const message = `${what} is another, over ${primary.columns.join(', ')}: make it that again by SQL`;
    return [difference(model, 'constraintMissing', 'key', message, {}, 'id')];
  }
  const index = objectName('key', `${table.name}_${column}`, 'primary');
  const keys = [quoteIdentifier(column)];
  const steps = ({ target }: ModelContext): readonly Step[] => {
    const on = { phase: 'expand' as const, model: model.name, target, columns: [column], index };
    return [
      { kind: 'createIndex', ...on, unique: true, method: 'btree', keys, where: null },
      { kind: 'addKey', ...on },
    ];
  };
  const catalog = { next: model, steps };
  return [difference(model, 'constraintMissing', 'key', `${what} is gone`, { catalog }, 'id')];
}
