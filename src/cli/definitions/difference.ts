import { isDeepStrictEqual } from 'node:util';
import type { FieldDefinition, ModelDefinition } from './model-definition.ts';
import { readable, withoutPresets } from './model-definition.ts';

/** One thing that becomes other, in words. */
export interface Sentence {
  readonly sign: '+' | '-' | '~';
  readonly text: string;
}

/** What becomes of a model. */
export interface ModelDifference {
  readonly model: string;
  /** Its name before, where that was another. */
  readonly was?: string;
  readonly kind: 'new' | 'dropped' | 'changed';
  readonly sentences: readonly Sentence[];
}

type Properties = Readonly<Record<string, unknown>>;

/** What is said by other means than by a property's value. */
const APART = new Set(['name', 'renamedFrom', 'fields', 'indexes']);

/** How models become others. Fields and models are found by what they are renamed from, else by their names. */
export function differences(
  before: readonly ModelDefinition[],
  after: readonly ModelDefinition[],
): readonly ModelDifference[] {
  const { pairs, gone } = match(before, after);
  return [
    ...pairs.flatMap(([old, model]): readonly ModelDifference[] => {
      if (!old) return [{ model: model.name, kind: 'new', sentences: newModel(model) }];
      const sentences = modelSentences(old, model);
      const was = old.name === model.name ? {} : { was: old.name };
      return sentences.length === 0 ? [] : [{ model: model.name, ...was, kind: 'changed', sentences }];
    }),
    ...gone.map(({ name }): ModelDifference => {
      return { model: name, kind: 'dropped', sentences: [{ sign: '-', text: 'goes to the trash' }] };
    }),
  ];
}

interface Named {
  readonly name: string;
  readonly renamedFrom?: string;
}

function match<T extends Named>(before: readonly T[], after: readonly T[]) {
  const left = new Map(before.map((one) => [one.name, one]));
  const take = (name: string | undefined) => {
    const found = name === undefined ? undefined : left.get(name);
    if (found) left.delete(found.name);
    return found;
  };
  const renamed = new Map(after.map((one) => [one, take(one.renamedFrom)]));
  const pairs = after.map((one) => [renamed.get(one) ?? take(one.name), one] as const);
  return { pairs, gone: [...left.values()] };
}

function newModel(model: ModelDefinition): readonly Sentence[] {
  const plus = (text: string): Sentence => ({ sign: '+', text });
  const { key } = withoutPresets(model);
  return [
    ...(key === undefined ? [] : [plus(`key: ${String(key)}`)]),
    ...model.fields.map((field) => plus(describeField(field))),
    ...indexesOf(model).map((index) => plus(describeIndex(index))),
  ];
}

function modelSentences(before: ModelDefinition, after: ModelDefinition): readonly Sentence[] {
  const { pairs, gone } = match(before.fields, after.fields);
  const indexes = [indexesOf(before), indexesOf(after)] as const;
  const isIn = (list: readonly Properties[], index: Properties) =>
    list.some((one) => isDeepStrictEqual(one, index));
  const fields = pairs.flatMap(([old, field]): readonly Sentence[] =>
    old ? fieldSentences(old, field) : [{ sign: '+', text: describeField(field) }],
  );
  const kept = pairs.flatMap(([old]) => old?.name ?? []);
  const isOtherOrder = !isDeepStrictEqual(
    before.fields.map(({ name }) => name).filter((name) => kept.includes(name)),
    kept,
  );
  return [
    ...(before.name === after.name ? [] : [changed(`${before.name} becomes ${after.name} (renamed)`)]),
    ...propertySentences('', withoutPresets(before), withoutPresets(after)),
    ...fields,
    ...gone.map((field): Sentence => ({ sign: '-', text: `${field.name} goes to the trash` })),
    ...(isOtherOrder ? [changed('the fields stand in another order')] : []),
    ...indexes[1].flatMap((index): readonly Sentence[] =>
      isIn(indexes[0], index) ? [] : [{ sign: '+', text: describeIndex(index) }],
    ),
    ...indexes[0].flatMap((index): readonly Sentence[] =>
      isIn(indexes[1], index) ? [] : [{ sign: '-', text: `${describeIndex(index)} goes` }],
    ),
  ];
}

function fieldSentences(before: FieldDefinition, after: FieldDefinition): readonly Sentence[] {
  const renamed =
    before.name === after.name ? [] : [changed(`${before.name} becomes ${after.name} (renamed)`)];
  return [...renamed, ...propertySentences(`${after.name}: `, withoutPresets(before), withoutPresets(after))];
}

function propertySentences(prefix: string, before: Properties, after: Properties): readonly Sentence[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    if (APART.has(name) || isAlike(before[name], after[name])) return [];
    return [changed(`${prefix}${describeChange(name, before[name], after[name])}`)];
  });
}

function changed(text: string): Sentence {
  return { sign: '~', text };
}

/** A file may write 1 where the server answers "1", and space out an expression as it likes. */
function isAlike(one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  if (typeof one === 'object' || typeof other === 'object') return false;
  return String(one).replace(/\s/g, '') === String(other).replace(/\s/g, '');
}

function describeChange(name: string, before: unknown, after: unknown): string {
  if (after === true) return name;
  if (before === true) return `no longer ${name}`;
  if (before === undefined) return `${name} ${show(after)}`;
  if (after === undefined) return `no ${name} (was ${show(before)})`;
  if (Array.isArray(before) && Array.isArray(after)) return describeLists(name, before, after);
  return `${name} ${show(before)} → ${show(after)}`;
}

function describeLists(name: string, before: readonly unknown[], after: readonly unknown[]): string {
  const added = after.filter((value) => !before.includes(value));
  const gone = before.filter((value) => !after.includes(value));
  if (added.length === 0 && gone.length === 0) return `${name} in another order`;
  const parts = [
    ...(added.length > 0 ? [`with ${added.map(show).join(', ')}`] : []),
    ...(gone.length > 0 ? [`without ${gone.map(show).join(', ')}`] : []),
  ];
  return `${name} ${parts.join(', ')}`;
}

function describeField(field: FieldDefinition): string {
  const { name, type, to, renamedFrom: _from, ...rest } = readable(field);
  const limits = Object.entries(rest).map(([property, value]) =>
    value === true ? property : `${property} ${show(value)}`,
  );
  const what = to === undefined ? String(type) : `${String(type)} to ${String(to)}`;
  return `${String(name)}: ${[what, ...limits].join(', ')}`;
}

function indexesOf(model: ModelDefinition): readonly Properties[] {
  const indexes = model['indexes'];
  return Array.isArray(indexes) ? indexes.map(withoutPresets) : [];
}

function describeIndex(index: Properties): string {
  const { fields, unique, kind, where } = index;
  const over = Array.isArray(fields) ? fields.join(', ') : '';
  const what = unique ? 'unique index' : kind === 'fullText' ? 'full-text index' : 'index';
  return `${what} over ${over}${where === undefined ? '' : ` where ${JSON.stringify(where)}`}`;
}

const LONGEST = 60;

function show(value: unknown): string {
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  const text = isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
