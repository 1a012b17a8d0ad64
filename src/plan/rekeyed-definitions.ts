import canonicalize from 'canonicalize';
import { type Definition, type Field, type KeyType, RESERVED_COLUMNS } from '../definition/definition.ts';
import { conditionColumns } from '../definition/index-condition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { joinTableName, uniqueName } from '../definition/physical-names.ts';
import { keyField } from '../definition/system-fields.ts';
import { Failure } from '../failure.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** The wish that a model's key be another one. */
export interface KeyWish {
  readonly modelId: string;
  readonly key: KeyType;
  /** Whether records get new keys even where those that they have would become keys of that type. */
  readonly generate: boolean;
  /** Where the request says so, as a JSON Pointer. */
  readonly path: string;
}

/** A model whose key is exchanged: its definition before and after. */
export interface Rekeyed {
  readonly before: Definition;
  readonly after: Definition;
  readonly generate: boolean;
}

/** The model whose key a change is about; undefined where it is about none. */
export function rekeyedModel(
  state: WorkspaceState,
  models: readonly Definition[],
  wishes: readonly KeyWish[],
): Rekeyed | undefined {
  for (const { modelId, generate } of wishes) {
    const before = state.models.find(({ definition }) => definition.id === modelId)?.definition;
    const after = models.find(({ id }) => id === modelId);
    if (before && after) return { before, after, generate };
  }
  return undefined;
}

/**
 * The definitions after the key of one of them was exchanged: it, and every list of it, gets another column or join
 * table, and so do the fields that refer to it. Throws where the change is about anything else.
 */
export function rekeyedDefinitions(
  state: WorkspaceState,
  models: readonly Definition[],
  wishes: readonly KeyWish[],
): readonly Definition[] {
  const [wish] = wishes;
  const model = wish && models.find(({ id }) => id === wish.modelId);
  if (!wish || !model) return models;
  if (wishes.length > 1 || canonicalize(models) !== canonicalize(state.models.map((m) => m.definition))) {
    const message = `the key of ${model.name} is changed in a change of its own: send the rest as another`;
    throw refusal(wish.path, 'not_alone', message);
  }
  if (wish.generate && wish.key === 'text') {
    throw refusal(
      wish.path,
      'invalid_property',
      'a text key is what clients make of it: leave `generate` out',
    );
  }
  return models.map((other) => {
    const isOwner = other === model;
    const taken = takenNames(state, other);
    const next = (wanted: string) => {
      const name = uniqueName(wanted, taken);
      taken.add(name);
      return name;
    };
    const rekeyed = isOwner ? { ...other, key: wish.key, keyColumn: next('id') } : other;
    const fields = other.fields.map((field): Field => {
      const refers = field.to === model.id;
      if (!refers && !(isOwner && hasJoinTable(field))) return field;
      assertFree(other, field, wish.path);
      const wanted = hasJoinTable(field) ? joinTableName(other.id, other.table, field.name) : field.name;
      // Nothing of an adopted column holds of the next one.
      const { storedAs: _storedAs, names: _names, ...rest } = field;
      return { ...rest, column: next(wanted), ...(refers ? { toKey: wish.key } : {}) };
    });
    const isTouched = isOwner || fields.some((field, n) => field !== other.fields[n]);
    if (isTouched) assertNoCondition(other, fields, isOwner, wish.path);
    return isTouched ? { ...rekeyed, fields } : other;
  });
}

/** Names that no new column or join table of a model gets. */
function takenNames({ occupied }: WorkspaceState, model: Definition): Set<string> {
  return new Set([
    ...RESERVED_COLUMNS,
    keyField(model).column,
    ...(model.adopted?.others ?? []),
    ...model.fields.map(({ column }) => column),
    ...occupied.flatMap(({ table, column }) => (table === model.table && column !== null ? [column] : [])),
  ]);
}

/** What is written down of keys is not exchanged with them. */
function assertFree(model: Definition, field: Field, path: string): void {
  if (field.default === undefined) return;
  const message = `the default of ${model.name}.${field.name} is a key of before: take it away first`;
  throw refusal(path, 'field_in_use', message);
}

function assertNoCondition(model: Definition, next: readonly Field[], isOwner: boolean, path: string): void {
  const moved = new Set(
    model.fields.flatMap(({ column }, n) => (next[n]?.column === column ? [] : [column])),
  );
  if (isOwner) moved.add(keyField(model).column);
  const index = model.indexes.find(
    ({ where }) => where && conditionColumns(model, where).some((column) => moved.has(column)),
  );
  if (!index) return;
  const message = `an index of ${model.name} has a condition on keys of before: drop it first`;
  throw refusal(path, 'field_in_use', message);
}

function refusal(path: string, code: string, message: string): Failure {
  return new Failure('validation_failed', message, { errors: [{ path, code, message }] });
}
