import * as v from 'valibot';
import { isComputed } from '../definition/computed.ts';
import type { Field, FieldType, Moment } from '../definition/definition.ts';
import type { FieldInput } from '../definition/definition-input.ts';
import { specOf } from '../definition/field-types.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { pointer } from '../definition/json-pointer.ts';
import { joinTableName, stableId, uniqueName } from '../definition/physical-names.ts';
import type { Finding } from '../failure.ts';
import { keptOfAdopted, leavesType } from './adopt/adopted-definition.ts';
import { conversionOf } from './conversions/conversions.ts';
import { type ConversionWish, needsColumn } from './conversions/field-conversion.ts';
import type { Link } from './conversions/reference.ts';
import { type ComputedEntry, resolveComputed } from './resolve-computed.ts';

/** Something that a plan does not guess. Unanswered, the change is refused. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly default: boolean;
}

/** What resolving a field list needs to know of its surroundings. */
export interface FieldContext {
  /** The moments of a record that its table keeps. */
  readonly moments: readonly Moment[];
  readonly modelName: string;
  readonly modelId: string;
  readonly table: string;
  /** Columns of the table that are taken, by fields or by what lies in the trash. */
  readonly takenColumns: ReadonlySet<string>;
  readonly answers: Readonly<Record<string, boolean>>;
  /** What the request says of the values of a field, by its id. */
  readonly wishOf: (fieldId: string) => ConversionWish | undefined;
  /** Whether the request gives a field of that id a value in the place of nulls. */
  readonly isFilled: (fieldId: string) => boolean;
  /** Columns that Postgres has in the conditions and expressions of indexes. */
  readonly heldColumns: ReadonlySet<string>;
  /** The way to the records that a reference to the model of that id finds; undefined for no such field. */
  readonly linkTo: (modelId: string, match: string | undefined) => Link | undefined;
  /** The model that a name refers to after this change; undefined where there is none. */
  readonly target: (
    name: string,
  ) => { readonly id: string; readonly key: 'uuid' | 'bigint' | 'text' } | undefined;
  readonly hasPostgis: boolean;
  /** JSON Pointer, into the request, of a field by its place. */
  readonly fieldPath: (index: number) => string;
}

export interface ResolvedFields {
  readonly fields: readonly Field[];
  readonly findings: readonly Finding[];
  readonly questions: readonly Question[];
}

/** Matches a client's fields with those that are there: by id, then `renamedFrom`, then name, then answers. */
export function resolveFields(
  inputs: readonly FieldInput[],
  previous: readonly Field[],
  context: FieldContext,
): ResolvedFields {
  const findings: Finding[] = [];
  const matched = new Map<FieldInput, Field>();
  const left = new Set(previous);
  const match = (input: FieldInput, field: Field | undefined) => {
    if (field && left.delete(field)) matched.set(input, field);
  };
  inputs.forEach((input, index) => {
    if (input.id === undefined) return;
    const field = previous.find((f) => f.id === input.id);
    if (field) match(input, field);
    else
      findings.push({
        path: `${context.fieldPath(index)}/id`,
        code: 'unknown_field',
        message: `no field of ${context.modelName} has the id ${input.id}; leave the id out to add a field`,
      });
  });
  inputs.forEach((input, index) => {
    if (input.renamedFrom === undefined || matched.has(input)) return;
    const field = previous.find((f) => f.name === input.renamedFrom);
    // Once renamed, the same request applied again finds the field under its new name.
    if (field) match(input, field);
    else if (!previous.some((f) => f.name === input.name))
      findings.push({
        path: `${context.fieldPath(index)}/renamedFrom`,
        code: 'unknown_field',
        message: `${context.modelName} has no field ${input.renamedFrom}`,
      });
  });
  for (const input of inputs) {
    if (!matched.has(input))
      match(
        input,
        [...left].find((f) => f.name === input.name),
      );
  }
  const questions = askRenames(inputs, left, matched, match, context);
  const taken = new Set(context.takenColumns);
  for (const field of previous) taken.add(field.column);
  const fields = new Map<FieldInput, Field>();
  const computed: ComputedEntry[] = [];
  inputs.forEach((input, index) => {
    const entry = { input, previous: matched.get(input), path: context.fieldPath(index) };
    if (isPlain(input))
      fields.set(input, resolveField(input, entry.previous, context, taken, findings, entry.path));
    else computed.push(entry);
  });
  const { modelName, modelId, moments } = context;
  const plain = [...fields.values()];
  const resolved = resolveComputed(computed, {
    modelName,
    modelId,
    moments,
    plain,
    previous,
    taken,
    findings,
  });
  return {
    fields: inputs.flatMap((input) => fields.get(input) ?? resolved.get(input) ?? []),
    findings,
    questions,
  };
}

type PlainInput = FieldInput & { readonly type: FieldType };

function isPlain(input: FieldInput): input is PlainInput {
  return input.type !== 'computed';
}

function askRenames(
  inputs: readonly FieldInput[],
  left: ReadonlySet<Field>,
  matched: ReadonlyMap<FieldInput, Field>,
  match: (input: FieldInput, field: Field) => void,
  context: FieldContext,
): readonly Question[] {
  const questions: Question[] = [];
  for (const field of [...left]) {
    for (const input of inputs) {
      if (
        matched.has(input) ||
        !left.has(field) ||
        input.type !== (isComputed(field) ? 'computed' : field.type) ||
        input.id !== undefined
      )
        continue;
      const id = `rename:${context.modelName}.${field.name}->${input.name}`;
      const answer = context.answers[id];
      if (answer === true) match(input, field);
      else if (answer === undefined)
        questions.push({
          id,
          text: `Is ${input.name} the new name of ${context.modelName}.${field.name}? If not, ${field.name} goes to the trash and ${input.name} starts empty.`,
          default: true,
        });
    }
  }
  return questions;
}

function resolveField(
  input: PlainInput,
  previous: Field | undefined,
  context: FieldContext,
  taken: Set<string>,
  findings: Finding[],
  path: string,
): Field {
  const { id: _id, renamedFrom: _from, required, unique, index, to, ...rest } = input;
  const target = to === undefined ? undefined : context.target(to);
  if (to !== undefined && !target) {
    findings.push({
      path: `${path}/to`,
      code: 'unknown_model',
      message: `there is no model ${to}; create it before, or in the same change`,
    });
  }
  const kept: Omit<Field, 'id' | 'column'> = {
    ...rest,
    ...(required ? { required: true as const } : {}),
    ...(unique ? { unique: true as const } : {}),
    ...(index ? { index: true as const } : {}),
    ...(target
      ? {
          to: target.id,
          toKey: target.key,
          onDelete: input.onDelete ?? (hasJoinTable(input) ? 'cascade' : 'restrict'),
        }
      : {}),
    ...(isOfPostgis(input, previous, context) ? { postgis: true as const } : {}),
  };
  if (previous && isComputed(previous)) {
    const message = `${context.modelName}.${previous.name} is computed and cannot hold values of its own: drop it, and add a field under another name`;
    findings.push({ path: `${path}/type`, code: 'not_convertible', message });
    return previous;
  }
  const inPlace = previous && { ...kept, id: previous.id, column: previous.column };
  const isHeld = previous !== undefined && context.heldColumns.has(previous.column);
  // The column before keeps its nulls: the class before may be in use, and the change may yet fail.
  const isFilled = inPlace?.required && !previous?.required && context.isFilled(inPlace.id);
  const isAlike =
    inPlace &&
    !isFilled &&
    !leavesType(previous, inPlace, isHeld) &&
    !needsColumn(previous, inPlace, context.wishOf(previous.id)?.options, isHeld);
  const wanted = hasJoinTable(input) ? joinTableName(context.modelId, context.table, input.name) : input.name;
  const column = isAlike ? previous.column : uniqueName(wanted, taken);
  taken.add(column);
  const field: Field = {
    ...kept,
    id: previous?.id ?? stableId(context.modelId, column),
    column,
    ...(inPlace && isAlike ? keptOfAdopted(previous, inPlace) : {}),
  };
  findings.push(...unfitDefault(field, path));
  const refusal = previous && refuseList(previous, field);
  if (refusal !== undefined) {
    const message = `${context.modelName}.${previous?.name} ${refusal}; add a field instead`;
    findings.push({ path: `${path}/type`, code: 'not_supported', message });
  } else if (previous && !isAlike) {
    const unfit = unfitOptions(previous, field, context);
    const isList = hasJoinTable(previous) || hasJoinTable(field);
    findings.push(...unfit, ...(isList ? [] : unconvertible(previous, field, context, path)));
  }
  return field;
}

/** A column stays of the type that it was made with, whatever the database has got since. */
function isOfPostgis(input: FieldInput, previous: Field | undefined, context: FieldContext): boolean {
  if (input.type !== 'point') return false;
  return previous?.type === 'point' ? previous.postgis === true : context.hasPostgis;
}

function unconvertible(
  previous: Field,
  field: Field,
  context: FieldContext,
  path: string,
): readonly Finding[] {
  const { key = '', options } = context.wishOf(field.id) ?? {};
  const modelId = field.to ?? previous.to;
  const link = modelId === undefined ? null : context.linkTo(modelId, options?.match);
  if (link === undefined) {
    const message = `the model that it refers to has no field ${options?.match}`;
    return [{ path: pointer(pointer('/conversions', key), 'match'), code: 'unknown_field', message }];
  }
  if (conversionOf(previous, field, link)) return [];
  const what = `the values of ${context.modelName}.${previous.name} (${previous.type})`;
  const message = `${what} do not become ${field.type}; add a field of that type instead`;
  return [{ path: `${path}/type`, code: 'not_convertible', message }];
}

/** A reference's default is a key of its target, whose type is known only here. */
function unfitDefault(field: Field, path: string): readonly Finding[] {
  if (field.toKey === undefined || field.default === undefined) return [];
  const parsed = v.safeParse(specOf(field).validator(field, true), field.default);
  if (parsed.success) return [];
  const message = `does not fit the field: ${parsed.issues[0].message}`;
  return [{ path: `${path}/default`, code: 'invalid_default', message }];
}

/** Why what is or was a list of references cannot become the field; undefined where it can stay as it is. */
function refuseList(previous: Field, field: Field): string | undefined {
  if (!hasJoinTable(previous) && !hasJoinTable(field)) return undefined;
  if (previous.to === undefined || field.to === undefined) {
    const [one, other] = hasJoinTable(field) ? ['a value', 'references'] : ['references', 'a value'];
    return `holds ${one} of a record and cannot hold ${other}`;
  }
  if (field.to === previous.to) return undefined;
  return 'refers to another model, whose ids mean nothing in this one';
}

/** What is said of the values of a field, and could only be ignored. */
function unfitOptions(previous: Field, field: Field, context: FieldContext): readonly Finding[] {
  const { key = '', options } = context.wishOf(field.id) ?? {};
  const { onError, map, match } = options ?? {};
  const find = (member: string, message: string): Finding => {
    const path = pointer(pointer('/conversions', key), member);
    return { path, code: 'conflicting_properties', message };
  };
  const isOfList = hasJoinTable(previous);
  const findings: Finding[] = [];
  if (onError === 'first' && !isOfList) {
    findings.push(find('onError', 'is for a list of references that becomes one; take null or a default'));
  }
  if (!isOfList && !hasJoinTable(field)) return findings;
  const message = 'does not fit references, which stay what they are; leave it out';
  if (map !== undefined) findings.push(find('map', message));
  if (match !== undefined) findings.push(find('match', message));
  return findings;
}
