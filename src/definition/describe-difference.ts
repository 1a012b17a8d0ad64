import canonicalize from 'canonicalize';
import type { Definition, Field, ModelIndex } from './definition.ts';
import { describeType } from './describe-type.ts';
import { hasJoinTable } from './join-table.ts';
import { readIndexEntry } from './model-indexes.ts';
import type { NameOf } from './show-definition.ts';
import { keyField } from './system-fields.ts';

/**
 * What one definition of a model changed of the one before, in sentences for people; of the first (`before` null),
 * what it made. `nameOf` names the models that are referred to.
 */
export function describeDifference(
  before: Definition | null,
  after: Definition,
  nameOf: NameOf,
): readonly string[] {
  if (!before) return [`created the model ${after.name}${withFields(after.fields)}`];
  return [
    ...modelSentences(before, after),
    ...fieldSentences(before, after, nameOf),
    ...indexSentences(before, after),
    ...physicalSentences(before, after),
  ];
}

function withFields(fields: readonly Field[]): string {
  const names = fields.map(({ name }) => name).join(', ');
  if (fields.length === 0) return ' without fields';
  return ` with the ${fields.length === 1 ? 'field' : 'fields'} ${names}`;
}

function modelSentences(before: Definition, after: Definition): readonly string[] {
  const sentences: string[] = [];
  if (before.name !== after.name) sentences.push(`renamed the model ${before.name} to ${after.name}`);
  if (before.label !== after.label) sentences.push(propertySentence('the model', 'label', before, after));
  if (before.key !== after.key) sentences.push(`the key is ${after.key}, was ${before.key}`);
  return sentences;
}

function fieldSentences(before: Definition, after: Definition, nameOf: NameOf): readonly string[] {
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const has = new Set(after.fields.map(({ id }) => id));
  const nameIn = (definition: Definition) => (id: string) =>
    definition.fields.find((field) => field.id === id)?.name;
  const typeBefore = (field: Field) => describeType(field, nameOf, nameIn(before));
  const typeAfter = (field: Field) => describeType(field, nameOf, nameIn(after));
  const sentences = before.fields
    .filter(({ id }) => !has.has(id))
    .map(({ name }) => `dropped the field ${name}`);
  for (const field of after.fields) {
    const previous = had.get(field.id);
    if (!previous) {
      sentences.push(`added the field ${field.name}, ${typeAfter(field)}${rulesOf(field)}`);
      continue;
    }
    if (previous.name !== field.name) sentences.push(`renamed the field ${previous.name} to ${field.name}`);
    // Names of fields in an expression follow these by themselves.
    const isComputedAlike = previous.expression === field.expression;
    const was = isComputedAlike ? describeType(previous, nameOf, nameIn(after)) : typeBefore(previous);
    if (was !== typeAfter(field)) sentences.push(`${field.name} is ${typeAfter(field)}, was ${was}`);
    sentences.push(...ruleSentences(previous, field));
  }
  return [...sentences, ...orderSentence(before, after)];
}

/** The rules of a field that is new, in a row. */
function rulesOf(field: Field): string {
  const rules = [field.required ? ', required' : '', field.unique ? ', unique' : ''];
  return rules.join('');
}

/** Properties that are shown with their values. */
const VALUES = [
  'label',
  'help',
  'default',
  'min',
  'max',
  'minLength',
  'maxLength',
  'pattern',
  'onDelete',
] as const satisfies readonly (keyof Field)[];

function ruleSentences(before: Field, after: Field): readonly string[] {
  const { name } = after;
  const sentences: string[] = [];
  if (before.required !== after.required)
    sentences.push(`${name} is ${after.required ? 'required' : 'no longer required'}`);
  if (before.unique !== after.unique)
    sentences.push(`${name} is ${after.unique ? 'unique' : 'no longer unique'}`);
  if (before.index !== after.index)
    sentences.push(`${after.index ? 'added' : 'dropped'} an index over ${name}`);
  for (const property of VALUES) {
    const isGone = property === 'onDelete' && (before.to === undefined || after.to === undefined);
    if (!isGone && !isAlike(before[property], after[property]))
      sentences.push(propertySentence(name, property, before, after));
  }
  if (before.to === after.to && before.toKey !== after.toKey)
    sentences.push(`${name} refers by keys of type ${after.toKey}, was ${before.toKey}`);
  const added = (after.options ?? []).filter((option) => !before.options?.includes(option));
  const gone = (before.options ?? []).filter((option) => !after.options?.includes(option));
  // Of a field that was none, or is none any more, its type tells.
  if (before.options && after.options) {
    if (added.length > 0) sentences.push(`${name} may be ${listOf(added)}`);
    if (gone.length > 0) sentences.push(`${name} may no longer be ${listOf(gone)}`);
  }
  return sentences;
}

function propertySentence<K extends string>(
  what: string,
  property: K,
  before: { readonly [P in K]?: unknown },
  after: { readonly [P in K]?: unknown },
): string {
  const [was, is] = [before[property], after[property]];
  if (is === undefined) return `${what} has no ${property} any more, had ${JSON.stringify(was)}`;
  const had = was === undefined ? '' : `, was ${JSON.stringify(was)}`;
  return `${property} of ${what} is ${JSON.stringify(is)}${had}`;
}

function isAlike(a: unknown, b: unknown): boolean {
  return canonicalize(a) === canonicalize(b);
}

function listOf(options: readonly string[]): string {
  return options.map((option) => JSON.stringify(option)).join(', ');
}

function orderSentence(before: Definition, after: Definition): readonly string[] {
  const common = (one: Definition, other: Definition) =>
    one.fields.filter(({ id }) => other.fields.some((field) => field.id === id)).map(({ id }) => id);
  if (isAlike(common(before, after), common(after, before))) return [];
  return [`put the fields into the order ${after.fields.map(({ name }) => name).join(', ')}`];
}

function indexSentences(before: Definition, after: Definition): readonly string[] {
  const isIn = (index: ModelIndex, { indexes }: Definition) => indexes.some((other) => isAlike(other, index));
  return [
    ...before.indexes
      .filter((index) => !isIn(index, after))
      .map((index) => `dropped ${describeIndex(index, before)}`),
    ...after.indexes
      .filter((index) => !isIn(index, before))
      .map((index) => `added ${describeIndex(index, after)}`),
  ];
}

function describeIndex({ fields, unique, kind, where }: ModelIndex, { fields: all }: Definition): string {
  const names = fields.map((entry) => {
    const { field, descending } = readIndexEntry(entry);
    const name = all.find(({ id }) => id === field)?.name ?? field;
    return descending ? `${name} descending` : name;
  });
  const what = unique ? 'a unique index' : kind === 'fullText' ? 'an index of words' : 'an index';
  return `${what} over ${names.join(', ')}${where ? ' of some records' : ''}`;
}

/** What Postgres calls things, where nothing else tells that it is another. */
function physicalSentences(before: Definition, after: Definition): readonly string[] {
  const sentences: string[] = [];
  if (before.table !== after.table) sentences.push(`the table is called ${after.table}, was ${before.table}`);
  const had = new Map([keyField(before), ...before.fields].map((field) => [field.id, field]));
  for (const field of [keyField(after), ...after.fields]) {
    const previous = had.get(field.id);
    if (!previous || previous.column === field.column || isOtherwiseAnother(previous, field)) continue;
    const what = hasJoinTable(field) ? 'the join table' : 'the column';
    sentences.push(`${what} of ${field.name} is called ${field.column}, was ${previous.column}`);
  }
  return sentences;
}

function isOtherwiseAnother(before: Field, after: Field): boolean {
  const { name: _name, column: _column, ...was } = before;
  const { name: _newName, column: _newColumn, ...is } = after;
  return !isAlike(was, is);
}
