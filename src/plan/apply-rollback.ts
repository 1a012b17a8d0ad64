import {
  type ComputedField,
  computedInOrder,
  enteredFields,
  isComputed,
  usableFields,
  usedIds,
} from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import type { FieldInput } from '../definition/definition-input.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { physicalIndex } from '../definition/model-indexes.ts';
import { showDefinition } from '../definition/show-definition.ts';
import { Failure } from '../failure.ts';
import { inTrash, warnOf } from './apply-restore.ts';
import type { Operation } from './change-request.ts';
import type { Draft } from './draft.ts';
import { invalid } from './resolve-index.ts';
import { bareField, columnOf, entryOf, modelInTrash, whyWorthless } from './restored.ts';

type Rollback = Extract<Operation, { op: 'rollbackModel' }>;

/** What becomes of a field of the earlier version. */
type Way =
  | { readonly kind: 'there' | 'empty' | 'leftOut' }
  | { readonly kind: 'restored'; readonly bare: Field };

/**
 * Leads a model back to one of its versions: what is there is renamed and converted, what was dropped since comes back
 * from the trash, what is new goes there. Throws `Failure` where that version is not, or cannot be had in one change.
 */
export function applyRollback(draft: Draft, { model: name, to }: Rollback, path: string): void {
  const model = needModel(draft, name);
  const past = draft.state.past.find(
    ({ version, definition }) => version === to && definition.id === model.id,
  );
  if (!past) throw new Failure('unknown_version', `there is no version ${to} of ${name}`);
  const { definition } = past;
  assertPossible(draft, model, definition, path);
  const ways = waysOf(draft, model, definition);
  const wayBack = (id: string) => ways.get(id)?.kind ?? 'leftOut';
  const previous: Definition = {
    ...model,
    fields: [
      ...model.fields.filter(({ id }) => wayBack(id) === 'there'),
      ...[...ways.values()].flatMap((way) => (way.kind === 'restored' ? [way.bare] : [])),
    ],
  };
  draft.put(inputOf(draft, definition, wayBack), previous, path, () => path);
  for (const field of draft.byId(model.id)?.fields ?? []) {
    if (draft.restored.fields.has(field.id)) warnOf(draft, definition.name, field);
  }
}

function needModel(draft: Draft, name: string): Definition {
  const model = draft.byName(name);
  if (model) return model;
  const entry = draft.state.trash.find((one) => one.kind === 'model' && one.definition.name === name);
  if (entry?.kind === 'model') throw inTrash(name, entry, entry.modelId);
  throw new Failure('unknown_model', `there is no model ${name}`);
}

function assertPossible(draft: Draft, model: Definition, wanted: Definition, path: string): void {
  if (wanted.key !== model.key) {
    const message = `the key of ${model.name} was ${wanted.key} then and is ${model.key} now: change it back by changeKey, in a change of its own, then roll back`;
    throw invalid(`${path}/to`, 'not_alone', message);
  }
  const other = draft.byName(wanted.name);
  if (other && other.id !== model.id) {
    const message = `${model.name} was called ${wanted.name} then, as another model is now: rename that one first`;
    throw new Failure('name_taken', message, {
      errors: [{ path: `${path}/to`, code: 'name_taken', message }],
    });
  }
}

/** By field ids. What is computed comes last, each field after those that it uses. */
function waysOf(draft: Draft, model: Definition, definition: Definition): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  let present: readonly Field[] = model.fields;
  const computed = computedInOrder(definition.fields).map(({ field }) => field);
  for (const field of [...enteredFields(definition.fields), ...computed]) {
    // Without values of its own, it comes back as it would be made anew: nothing is lost with its column.
    const isOfOthers = isComputed(field) && !isOverTheSame(field, definition.fields, present);
    const isThere = model.fields.some(({ id }) => id === field.id);
    const way: Way = isOfOthers && !isThere ? { kind: 'empty' } : wayOf(draft, model, definition.name, field);
    if (way.kind === 'restored') present = [...present, way.bare];
    ways.set(field.id, way);
  }
  return ways;
}

/** Notes what comes back, and warns of what does not. */
function wayOf(draft: Draft, model: Definition, name: string, field: Field): Way {
  const { to } = field;
  const target = to === undefined ? undefined : draft.byId(to);
  const trashed = to === undefined ? undefined : modelInTrash(draft.state.trash, to);
  const what = `${name}.${field.name}`;
  if (to !== undefined && !target) {
    if (trashed) throw inTrash(`${what} referred to a model that`, trashed, to);
    draft.warnings.push(`${what} does not come back: the model that it referred to is gone`);
    return { kind: 'leftOut' };
  }
  if (model.fields.some(({ id }) => id === field.id)) return { kind: 'there' };
  const entry = entryOf(draft.state.trash, model.id, field.id);
  const source = entry && entry.field.to !== undefined ? draft.byId(entry.field.to) : undefined;
  const reason = entry ? whyWorthless(entry, model, source) : 'it was purged from the trash';
  if (!entry || reason !== undefined) {
    draft.warnings.push(`${what} comes back empty: its data are gone, for ${reason}`);
    return { kind: 'empty' };
  }
  if (hasJoinTable(entry.field) !== hasJoinTable(field)) {
    const message = `${what} was a ${entry.field.type} when it was dropped: restore it first ({"op": "restore", "trash": "${entry.id}"}), then roll back`;
    throw new Failure('not_restorable', message, { data: { trash: entry.id } });
  }
  const column = columnOf(entry, draft.takenColumns(model, entry.trashedAs));
  const bare = bareField({ ...entry.field, column });
  draft.restored.fields.set(field.id, { entry, bare });
  return { kind: 'restored', bare };
}

/** Whether a field is computed from the very columns, of the very types, that it was computed from. */
function isOverTheSame(field: ComputedField, before: readonly Field[], now: readonly Field[]): boolean {
  const find = (fields: readonly Field[], id: string) => usableFields(fields).find((one) => one.id === id);
  return usedIds(field).every((id) => {
    const [was, is] = [find(before, id), find(now, id)];
    return is !== undefined && was?.column === is.column && was.type === is.type;
  });
}

/** The earlier version as a client would write it now. */
function inputOf(draft: Draft, definition: Definition, wayBack: (id: string) => Way['kind']) {
  const input = showDefinition(definition, draft.nameOf);
  const leftOut = definition.fields.filter(({ id }) => wayBack(id) === 'leftOut');
  const gone = new Set(leftOut.map(({ column }) => column));
  const fields = input.fields.flatMap((field): readonly FieldInput[] => {
    const { id = '', ...rest } = field;
    if (wayBack(id) === 'leftOut') return [];
    const isOptional = draft.isAnswered(`optional:${definition.name}.${field.name}`);
    const wanted = isOptional ? { ...rest, required: false } : rest;
    return [wayBack(id) === 'empty' ? wanted : { ...wanted, id }];
  });
  const indexes = (input.indexes ?? []).filter((_, n) => {
    const index = definition.indexes[n];
    return index !== undefined && !physicalIndex(definition, index).needs.some((column) => gone.has(column));
  });
  return { ...input, fields, indexes };
}
