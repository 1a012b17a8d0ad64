import { schemaOf } from '../../definition/adopted.ts';
import type { Definition } from '../../definition/definition.ts';
import type { DefinitionInput } from '../../definition/definition-input.ts';
import { fitName } from '../../definition/fit-names.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { parseDefinition } from '../../definition/parse-definition.ts';
import { dataSchema } from '../../definition/physical-names.ts';
import { keyField } from '../../definition/system-fields.ts';
import { Failure } from '../../failure.ts';
import type { ChangeRequest, Operation } from '../change-request.ts';
import type { Draft } from '../draft.ts';
import type { Repair } from '../drift/difference.ts';
import { adoptModelSteps } from '../plan-model.ts';
import { definitionOf, inputOf } from './adopted-definition.ts';
import type { AdoptedTable, ReferredModel } from './adopted-parts.ts';
import { adoptedTable, keyOfTable } from './adopted-table.ts';
import { type FoundTables, NOTHING_FOUND } from './found-tables.ts';

type Adopt = Extract<Operation, { op: 'adopt' }>;

/** Makes models of tables, all at once, so that they may refer to each other in circles. */
export function adoptTables(draft: Draft, operation: Adopt, found: FoundTables, path: string): void {
  const isWhole = operation.table === undefined;
  /** The model whose table it is, or will be once the changes ahead of this one are published. */
  const ownerOf = (table: FoundTable) =>
    found.models[nameOf(table)] ?? modelAt(draft, table.schema, table.name)?.name;
  const tables = found.tables.filter((table) => {
    const owner = ownerOf(table);
    if (owner === undefined || isWhole) return owner === undefined;
    throw new Failure('model_exists', `${nameOf(table)} is the table of the model ${owner} already`);
  });
  const adopted = new Map<string, AdoptedTable>();
  const leaveOut = (table: FoundTable, reason: string) => {
    if (!isWhole) throw notAdoptable(nameOf(table), reason);
    // A view is nothing that is missed.
    if (table.kind === 'table' || table.kind === 'partitionedTable') {
      draft.unmapped.push({ table: nameOf(table), part: 'table', name: table.name, reason });
    }
  };
  let keyed = tables.flatMap((table) => {
    const barred = found.barred[nameOf(table)];
    const key = barred === undefined ? keyOfTable(table) : { reason: barred };
    if (!('reason' in key)) return [{ table, key, name: operation.as ?? fitName(table.name) }];
    leaveOut(table, key.reason);
    return [];
  });
  const modelOf = (schema: string, name: string): ReferredModel | undefined => {
    const coming = keyed.find(({ table }) => table.schema === schema && table.name === name);
    if (coming) return { name: coming.name, keyColumn: coming.key.column };
    const model = modelAt(draft, schema, name);
    return model && { name: model.name, keyColumn: keyField(model).column };
  };
  // What cannot be a model is none that others refer to, so that these are worked out again without it.
  for (let unfit = [...keyed]; unfit.length > 0; ) {
    unfit = keyed.filter(({ table, name, key }) => {
      const parsed = parseDefinition(inputOf(adoptedTable(table, name, key, modelOf)), '');
      if (!parsed.ok) leaveOut(table, parsed.errors[0]?.message ?? 'it is no definition');
      return !parsed.ok;
    });
    const left = new Set(unfit);
    keyed = keyed.filter((one) => !left.has(one));
  }
  if (keyed.length === 0) {
    const reasons = draft.unmapped.map(({ table, reason }) => `${table}: ${reason}`);
    throw notAdoptable(operation.schema ?? '', reasons.join('; ') || 'it has no table that is no model yet');
  }
  for (const { table, key, name } of keyed) {
    if (draft.byName(name) || keyed.some((other) => other.table !== table && other.name === name)) {
      const message = `there is a model ${name} already: adopt ${nameOf(table)} by itself, under another name ("as"), or rename the model first`;
      throw new Failure('model_exists', message, {
        errors: [{ path: `${path}/as`, code: 'model_exists', message }],
      });
    }
    draft.announceAdopted(name, table, key.key);
  }
  for (const { table, key, name } of keyed) {
    const one = adoptedTable(table, name, key, modelOf);
    const parsed = parseDefinition(inputOf(one), '');
    if (!parsed.ok) throw notAdoptable(nameOf(table), parsed.errors[0]?.message ?? 'it is no definition');
    adopted.set(name, one);
    draft.put(parsed.value, undefined, path);
    draft.unmapped.push(...one.unmapped);
  }
  for (const [name, table] of adopted) {
    const model = draft.need(name, path);
    draft.replace(
      definitionOf(model, table, (id) => draft.models.find((other) => other.id === id)?.table ?? ''),
    );
  }
}

function modelAt(draft: Draft, schema: string, table: string): Definition | undefined {
  return draft.models.find((one) => schemaOf(draft.state.slug, one) === schema && one.table === table);
}

function nameOf({ schema, name }: FoundTable): string {
  return `${schema}.${name}`;
}

function notAdoptable(name: string, reason: string): Failure {
  return new Failure('not_adoptable', `${name} cannot be adopted: ${reason}`);
}

/** What is known of tables that stand where those of models are to be. */
interface InTheWay {
  readonly found?: FoundTables | undefined;
  readonly conflicts?: ChangeRequest['conflicts'] | undefined;
}

/**
 * Adopts what stands where the table of a new model would be, so that the model is made of it: what a client's
 * definition says otherwise is then a change like any other. Undefined where nothing does.
 */
export function adoptInTheWay(
  draft: Draft,
  input: DefinitionInput,
  { found = NOTHING_FOUND, conflicts = {} }: InTheWay,
  path: string,
): Definition | undefined {
  const schema = dataSchema(draft.state.slug);
  const table = `${schema}.${input.name}`;
  if (conflicts[table] !== 'adopt') return undefined;
  const tables = found.tables.filter((one) => nameOf(one) === table);
  if (tables.length === 0) return undefined;
  adoptTables(draft, { op: 'adopt', table, as: input.name }, { ...found, tables }, path);
  const asFound = draft.need(input.name, path);
  const steps: Repair['steps'] = (context) => adoptModelSteps({ ...context, after: asFound }).tables;
  draft.repairs.set(asFound.id, { asFound, next: asFound, steps });
  return asFound;
}
