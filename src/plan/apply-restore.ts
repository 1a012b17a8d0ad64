import { namesOfType } from '../definition/adopted.ts';
import { computedSql, isComputed, usableFields, usedIds } from '../definition/computed.ts';
import { type Definition, type Field, type ModelIndex, SYSTEM_FIELDS } from '../definition/definition.ts';
import { ExpressionError } from '../definition/expression/expression.ts';
import { physicalIndex, readIndexEntry } from '../definition/model-indexes.ts';
import { stableId, uniqueName } from '../definition/physical-names.ts';
import { showIndex } from '../definition/show-definition.ts';
import { Failure } from '../failure.ts';
import type { Operation } from './change-request.ts';
import type { Draft } from './draft.ts';
import { resolveIndex } from './resolve-index.ts';
import { bareField, columnOf, modelInTrash, whyWorthless } from './restored.ts';
import type { TrashedField, TrashedModel } from './trash-entry.ts';

type Restore = Extract<Operation, { op: 'restore' }>;

/** Brings something back from the trash. Throws `Failure` where it is not there, or cannot come back as it is. */
export function applyRestore(draft: Draft, { trash, as }: Restore, path: string): void {
  const entry = draft.state.trash.find(({ id }) => id === trash);
  if (!entry) {
    throw new Failure('unknown_trash', `there is no ${trash} in the trash: it was restored or purged`, {
      errors: [{ path: `${path}/trash`, code: 'unknown_trash', message: 'lies in the trash no more' }],
    });
  }
  // It may have come back already, with the model that it refers to.
  if ([...draft.restored.fields.values()].some((restored) => restored.entry === entry)) return;
  if (entry.kind === 'model') restoreModel(draft, entry, as ?? entry.definition.name, path);
  else restoreField(draft, entry, as ?? entry.field.name, path);
}

function restoreField(draft: Draft, entry: TrashedField, name: string, path: string): void {
  const model = draft.byId(entry.modelId);
  if (!model) {
    const owner = modelInTrash(draft.state.trash, entry.modelId);
    throw inTrash(`the model of ${entry.field.name}`, owner, entry.modelId);
  }
  const taken = new Set<string>([...SYSTEM_FIELDS, ...model.fields.map((field) => field.name)]);
  if (taken.has(name)) throw nameTaken(`${model.name} has a field ${name}`, uniqueName(name, taken), path);
  const { to } = entry.field;
  const target = to === undefined ? undefined : draft.byId(to);
  const trashed = to === undefined || target ? undefined : modelInTrash(draft.state.trash, to);
  if (trashed && !draft.returning.has(trashed.modelId)) {
    throw inTrash(`${model.name}.${name} refers to a model that`, trashed, trashed.modelId);
  }
  const reason = whyWorthless(entry, model, target ?? trashed?.definition);
  if (reason !== undefined) {
    const message = `${model.name}.${name} cannot come back: ${reason}`;
    throw new Failure('not_restorable', message, { data: { trash: entry.id } });
  }
  addRestored(draft, model, entry, name);
}

/** Adds the field with all that it was, and the indexes that went with it. */
function addRestored(draft: Draft, model: Definition, entry: TrashedField, name: string): void {
  // A field that went on in another column has the id still, also where this change drops it; and a key that was
  // exchanged has that of all keys.
  const published = draft.state.models.find(({ definition }) => definition.id === model.id)?.definition;
  const borne = [...model.fields, ...(published?.fields ?? [])].map(({ id }) => id);
  const isThere = [...SYSTEM_FIELDS, ...borne].includes(entry.field.id);
  const id = isThere ? stableId(model.id, entry.id) : entry.field.id;
  // Of an adopted column, what its type holds goes on; what it was called is no longer taken for what is there.
  const { names: _names, ...known } = entry.field;
  const names = namesOfType(entry.field);
  const { required, ...rest } = {
    ...known,
    ...(names ? { names } : {}),
    id,
    name,
    column: columnOf(entry, draft.takenColumns(model, entry.trashedAs)),
  };
  const isRequired = required === true && !draft.isAnswered(`optional:${model.name}.${name}`);
  const field: Field = isRequired ? { ...rest, required } : rest;
  draft.restored.fields.set(id, { entry, bare: bareField(field) });
  assertComputable(draft, model, field);
  const whole = { ...model, fields: [...model.fields, field] };
  const indexes = isThere ? [] : indexesOver(entry, model, field);
  const fitting = indexes.filter((index) => isFit(whole, index));
  if (fitting.length < indexes.length) {
    draft.warnings.push(
      `${model.name}.${name} comes back without ${indexes.length - fitting.length} of its indexes: other fields in them are of another type by now`,
    );
  }
  draft.replace({ ...whole, indexes: [...model.indexes, ...fitting] });
  warnOf(draft, model.name, field);
}

/** Throws where what a field is computed from is of another type by now, or is not there. */
function assertComputable(draft: Draft, model: Definition, field: Field): void {
  if (!isComputed(field)) return;
  const known = new Set(usableFields(model.fields).map(({ id }) => id));
  // What is still to come back in the same change is judged with all that there is then.
  if (!usedIds(field).every((id) => known.has(id))) return;
  try {
    computedSql(field, model.fields, ({ column }) => column);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const entry = draft.restored.fields.get(field.id)?.entry.id;
    const message = `${model.name}.${field.name} cannot come back: what it is computed from is of another type by now (${error.message}); add it anew, with another expression`;
    throw new Failure('not_restorable', message, { data: { trash: entry } });
  }
}

/** What may become of values that nobody could write while they lay in the trash. */
export function warnOf(draft: Draft, model: string, field: Field): void {
  const what = `${model}.${field.name}`;
  if (field.required && field.expression === undefined) {
    draft.warnings.push(
      `${what} is required, and records that were created since it was dropped have no value: give one in \`backfill\`, or let the field come back without that rule by \`"answers": {"optional:${what}": true}\``,
    );
  } else if (field.to !== undefined) {
    draft.warnings.push(`${what}: what refers to records that were deleted since comes back empty`);
  }
}

/** The indexes that the field stood in, of which all other fields are there. */
function indexesOver({ before }: TrashedField, model: Definition, field: Field) {
  if (!before) return [];
  const present = new Set<string>([...SYSTEM_FIELDS, ...model.fields.map(({ id }) => id), field.id]);
  const idOf = new Map(before.fields.map(({ id, column }) => [column, id]));
  return before.indexes.filter((index) => {
    const needs = physicalIndex(before, index).needs.map((column) => idOf.get(column) ?? 'id');
    const named = index.fields.map((entry) => readIndexEntry(entry).field);
    return [...needs, ...named].every((id) => present.has(id)) && needs.includes(field.id);
  });
}

/** Whether a model can have an index still: the types of its fields may be others than when it was made. */
function isFit(model: Definition, index: ModelIndex): boolean {
  const names = new Map(model.fields.map(({ id, name }) => [id, name]));
  try {
    resolveIndex(
      model,
      showIndex(index, (id) => names.get(id) ?? id),
      index.unique === true,
      '',
    );
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function restoreModel(draft: Draft, entry: TrashedModel, name: string, path: string): void {
  if (draft.models.some((model) => model.name === name)) {
    // Of the other models not all are known here, so that what is proposed is a name that hardly any has.
    throw nameTaken(`there is a model ${name}`, `${name.slice(0, 54)}_restored`, path);
  }
  const { definition } = entry;
  const kept = definition.fields.filter((field) => isStillGood(draft, entry, name, field));
  const gone = new Set(
    definition.fields.filter((field) => !kept.includes(field)).map(({ column }) => column),
  );
  draft.restored.models.set(entry.modelId, entry);
  draft.replace({
    ...definition,
    name,
    fields: kept,
    indexes: definition.indexes.filter(
      (index) => !physicalIndex(definition, index).needs.some((column) => gone.has(column)),
    ),
  });
  for (const field of kept) {
    if (field.to !== undefined && !field.required) warnOf(draft, name, field);
  }
  restoreCompanions(draft, entry, name);
}

/** Whether a field of a model that comes back can come with it. Throws where what it refers to has to come as well. */
function isStillGood(
  draft: Draft,
  { modelId, definition }: TrashedModel,
  name: string,
  field: Field,
): boolean {
  if (field.to === undefined || field.to === modelId) return true;
  const trashed = modelInTrash(draft.state.trash, field.to);
  if (trashed && !draft.byId(field.to) && !draft.returning.has(field.to)) {
    throw inTrash(`${name}.${field.name} refers to a model that`, trashed, field.to);
  }
  const target = draft.byId(field.to) ?? trashed?.definition;
  const reason = whyWorthless({ field, before: definition }, definition, target);
  if (reason === undefined) return true;
  draft.warnings.push(`${name}.${field.name} does not come back: ${reason}`);
  return false;
}

/** Fields of other models that referred to it, and went to the trash in the same change. */
function restoreCompanions(draft: Draft, { id, modelId, changeId }: TrashedModel, name: string): void {
  for (const entry of draft.state.trash) {
    if (entry.kind === 'model' || entry.changeId !== changeId || entry.field.to !== modelId) continue;
    if (entry.reason === 'converted' || entry.id === id) continue;
    const owner = draft.byId(entry.modelId);
    const target = draft.byId(modelId);
    if (!owner || owner.fields.some((field) => field.id === entry.field.id)) continue;
    const what = `${owner.name}.${entry.field.name}`;
    const isTaken = owner.fields.some((field) => field.name === entry.field.name);
    const reason = isTaken ? 'its name is taken' : whyWorthless(entry, owner, target);
    if (reason === undefined) {
      draft.warnings.push(`${what}, which refers to ${name} and was dropped with it, comes back as well`);
      addRestored(draft, owner, entry, entry.field.name);
    } else draft.warnings.push(`${what}, which referred to ${name}, stays in the trash: ${reason}`);
  }
}

/** Something that has to come back first, or at the same time. */
export function inTrash(what: string, entry: TrashedModel | undefined, modelId: string): Failure {
  const name = entry?.definition.name ?? modelId;
  const id = entry?.id ?? '';
  return new Failure(
    'in_trash',
    `${what} lies in the trash: restore ${name} first, or in the same change, by {"op": "restore", "trash": "${id}"}`,
    { data: { trash: id } },
  );
}

function nameTaken(what: string, proposal: string, path: string): Failure {
  return new Failure('name_taken', `${what} already: restore it "as": "${proposal}", or another name`, {
    errors: [{ path: `${path}/as`, code: 'name_taken', message: `take another name, such as ${proposal}` }],
    data: { proposal },
  });
}
