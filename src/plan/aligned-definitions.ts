import { type Definition, type Field, RESERVED_COLUMNS } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { uniqueName } from '../definition/physical-names.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from './change-request.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** The models, by name, whose physical names a request is about: it is then about nothing else. */
export function namesToAlign(request: ChangeRequest): ReadonlySet<string> {
  const { operations = [] } = request;
  return new Set(operations.flatMap((one) => (one.op === 'alignNames' ? [one.model] : [])));
}

/**
 * The definitions with the tables and columns of those that are to be aligned called as models and fields are
 * today. A name that another one bears is not handed over at once: an isolate that has not heard of it would read
 * one field and show it as another. Both get names that nobody bore, for which it fails and looks again; after
 * grace a second alignment gives them the names that they then have for free.
 */
export function alignedDefinitions(
  state: WorkspaceState,
  request: ChangeRequest,
  models: readonly Definition[],
): readonly Definition[] {
  const names = namesToAlign(request);
  const aligned = models.filter((model) => names.has(model.name));
  const adopted = aligned.find((model) => model.adopted);
  if (adopted) {
    const message = `the table of ${adopted.name} was adopted: it keeps the names by which others know it`;
    throw new Failure('not_supported', message);
  }
  const borne = [
    ...models.map((model) => model.table),
    ...state.occupied.filter((o) => o.column === null && !o.isFormer).map((o) => o.table),
  ];
  const tables = align(
    aligned.map(({ name, table }) => ({ name, physical: table })),
    borne,
  );
  return models.map((model) => {
    const n = aligned.indexOf(model);
    if (n < 0) return model;
    return {
      ...withAlignedKey(state, model),
      table: tables[n] ?? model.table,
      fields: alignedFields(state, model),
    };
  });
}

/** The key is called `id` again, unless a column that could not go to the trash stands in its way. */
function withAlignedKey(state: WorkspaceState, model: Definition): Definition {
  if (columnsInTrash(state, model.table).includes('id')) return model;
  const { keyColumn: _keyColumn, ...rest } = model;
  return rest;
}

/** Those that have gone there and kept their names until now. */
function columnsInTrash({ occupied }: WorkspaceState, table: string): readonly string[] {
  return occupied.flatMap(({ table: of, column, trashedAs, isFormer }) =>
    of === table && column !== null && trashedAs === undefined && !isFormer ? [column] : [],
  );
}

/** A join table keeps its name: it is nobody's to read but through its field. */
function alignedFields(state: WorkspaceState, { table, fields }: Definition): readonly Field[] {
  const inTrash = columnsInTrash(state, table);
  const inTable = fields.filter((field) => !hasJoinTable(field));
  const columns = align(
    inTable.map(({ name, column }) => ({ name, physical: column })),
    [...RESERVED_COLUMNS, ...inTrash, ...inTable.map((field) => field.column)],
  );
  return fields.map((field) => ({ ...field, column: columns[inTable.indexOf(field)] ?? field.column }));
}

/** The names that things are to have in Postgres, of which none is `borne` by anything but the thing itself. */
function align(
  things: readonly { readonly name: string; readonly physical: string }[],
  borne: readonly string[],
): readonly string[] {
  const all = new Set(borne);
  // What is made up must be nobody's wish, so that the next alignment finds each wish free.
  const wishes = new Set(things.map((thing) => thing.name));
  const taken = new Set([...all, ...wishes]);
  return things.map(({ name, physical }) => {
    if (name === physical || !all.has(name)) return name;
    if (!wishes.has(physical)) taken.delete(physical);
    const madeUp = uniqueName(name, taken);
    taken.add(physical).add(madeUp);
    return madeUp;
  });
}
