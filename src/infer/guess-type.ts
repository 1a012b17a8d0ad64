import * as v from 'valibot';
import type { Field } from '../definition/definition.ts';
import type { FieldInput } from '../definition/definition-input.ts';
import { specOf } from '../definition/field-types.ts';
import { jsonFromText } from '../definition/values/from-text.ts';
import { rawNumber } from '../definition/values/raw-number.ts';
import type { SampleColumn } from './sample.ts';

/** What a field might be, and why. */
export interface TypeGuess {
  readonly field: TypedField;
  readonly reason: string;
}

/** A field without its name, and of no type that needs to know of other models or fields. */
export type TypedField = Pick<FieldInput, 'precision' | 'scale' | 'options'> & {
  readonly type: Field['type'];
};

/** The values of a column that has any. */
interface Values {
  readonly all: readonly unknown[];
  /** Where all are texts. */
  readonly texts: readonly string[] | null;
  /** The texts of numbers, as they were written, where all are numbers, or cells that spell them. */
  readonly numbers: readonly string[] | null;
  readonly isCells: boolean;
}

type Guesser = (values: Values) => TypeGuess | null;

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The first guess by which every value would be taken. */
export function guessType({ values, isCells }: SampleColumn): TypeGuess {
  const all = values.filter((value) => value !== null);
  if (all.length === 0) return { field: { type: 'text' }, reason: 'no row has a value: any text will do' };
  const texts = all.every((value) => typeof value === 'string') ? all : null;
  const spelled = isCells
    ? texts
    : all.map((value) => rawNumber(value) ?? (typeof value === 'number' ? String(value) : ''));
  const numbers = spelled?.every((text) => NUMBER.test(text)) ? spelled : null;
  const judged = { all, texts, numbers, isCells };
  for (const guess of GUESSERS) {
    const found = guess(judged);
    if (found && takesAll(found.field, judged)) return found;
  }
  return { field: { type: 'json' }, reason: `values of several kinds: ${kindsOf(all)}` };
}

function kindsOf(values: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const value of values) {
    const kind = Array.isArray(value) ? 'list' : rawNumber(value) === undefined ? typeof value : 'number';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, times]) => `${kind} ${times} times`).join(', ');
}

/** Whether a field takes every value, as an import would read it. */
function takesAll(field: TypedField, { all, isCells }: Pick<Values, 'all' | 'isCells'>): boolean {
  const spec = specOf(field);
  const validator = spec.validator({ id: '', name: '', column: '', ...field }, true);
  return all.every((value) => {
    const read = isCells && typeof value === 'string' ? spec.csv.read(value) : value;
    return v.is(validator, read);
  });
}

const count = (values: readonly unknown[]) =>
  values.length === 1 ? 'the only value is' : `all ${values.length} values are`;

const WORDS = /^(true|false|yes|no|t|f|y|n)$/i;

const boolean: Guesser = ({ all, texts, isCells }) => {
  const isBoolean = isCells
    ? texts?.every((text) => WORDS.test(text.trim()))
    : all.every((one) => typeof one === 'boolean');
  return isBoolean ? { field: { type: 'boolean' }, reason: `${count(all)} true or false` } : null;
};

const whole: Guesser = ({ all, texts, numbers, isCells }) => {
  // As the JSON of this system has large numbers.
  const large = !isCells && texts?.every((text) => /^-?[1-9]\d{15,18}$/.test(text)) ? texts : null;
  const spelled = numbers ?? large;
  if (!spelled?.every((text) => /^-?\d+$/.test(text))) return null;
  const values = spelled.map(BigInt);
  const fits = (bits: number) => values.every((value) => BigInt.asIntN(bits, value) === value);
  const what = `${count(all)} whole numbers`;
  if (fits(32) && !large) return { field: { type: 'integer' }, reason: `${what} of 32 bits` };
  if (fits(64)) return { field: { type: 'bigint' }, reason: `${what}, some beyond 32 bits` };
  return { field: { type: 'decimal' }, reason: `${what}, some beyond 64 bits` };
};

/** Room for numbers that the sample does not have. */
const SPARE_DIGITS = 3;

const decimal: Guesser = ({ all, texts, numbers, isCells }) => {
  const spelled = isCells ? numbers : texts;
  const parts = spelled?.map((text) => /^-?(\d{1,100})\.(\d{1,6})$/.exec(text));
  const scale = parts?.[0]?.[2]?.length ?? 0;
  if (scale === 0 || !parts?.every((part) => part?.[2]?.length === scale)) return null;
  const whole = Math.max(...parts.map((part) => part?.[1]?.length ?? 0));
  const field = { type: 'decimal' as const, precision: whole + SPARE_DIGITS + scale, scale };
  return { field, reason: `${count(all)} numbers of ${scale} digits after the point` };
};

const float: Guesser = ({ all, numbers }) =>
  numbers ? { field: { type: 'float' }, reason: `${count(all)} numbers, not all of them whole` } : null;

/** A type of texts that its own validator knows. */
const ofTexts =
  (type: Field['type'], what: string, fits = /./s): Guesser =>
  ({ all, texts }) =>
    texts?.every((text) => fits.test(text)) ? { field: { type }, reason: `${count(all)} ${what}` } : null;

const containers: Guesser = ({ all, texts, isCells }) => {
  const parsed = isCells ? texts?.map(jsonFromText) : all;
  if (
    !parsed?.every((value) => typeof value === 'object' && value !== null && rawNumber(value) === undefined)
  )
    return null;
  if (takesAll({ type: 'point' }, { all: parsed, isCells: false })) {
    return { field: { type: 'point' }, reason: `${count(all)} GeoJSON points` };
  }
  const lists = parsed.every((value) => Array.isArray(value)) ? parsed : null;
  const entries: readonly unknown[] | undefined = lists?.flat();
  if (entries?.every((entry) => typeof entry === 'string')) {
    const options = optionsOf(entries);
    const field = { type: 'choices' as const, options: options ?? [] };
    if (options && takesAll(field, { all: parsed, isCells: false })) {
      return { field, reason: `${count(all)} lists of the same ${options.length} texts` };
    }
  }
  return { field: { type: 'json' }, reason: `${count(all)} JSON objects or lists` };
};

const MAX_OPTIONS = 20;
const MAX_OPTION_LENGTH = 60;
const MIN_REPEATS = 5;

/** The texts that a choice would be among: few, and each there again and again. */
function optionsOf(texts: readonly string[]): readonly string[] | null {
  const options = [...new Set(texts)];
  const isFew = options.length <= MAX_OPTIONS && texts.length >= MIN_REPEATS * Math.max(options.length, 2);
  const fits = options.every((option) => option.trim() !== '' && option.length <= MAX_OPTION_LENGTH);
  return isFew && fits ? options : null;
}

const choice: Guesser = ({ texts }) => {
  const options = texts && optionsOf(texts);
  if (!options) return null;
  const reason = `${texts.length} values are but ${options.length} different texts`;
  return { field: { type: 'choice', options }, reason };
};

const text: Guesser = ({ texts, numbers, isCells }) => {
  if (!texts) return null;
  const hasZeros =
    isCells && !numbers && texts.every((one) => /^-?\d/.test(one)) && texts.some((one) => /^0\d/.test(one));
  return {
    field: { type: 'text' },
    reason: hasZeros ? 'digits that begin with a zero, which a number would lose' : 'texts',
  };
};

const GUESSERS: readonly Guesser[] = [
  boolean,
  whole,
  decimal,
  float,
  ofTexts('date', 'days of the calendar'),
  ofTexts('timestamp', 'moments', /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/),
  ofTexts('time', 'times of day'),
  ofTexts('interval', 'durations of ISO 8601'),
  ofTexts('uuid', 'UUIDs'),
  ofTexts('email', 'e-mail addresses'),
  ofTexts('url', 'addresses of the web'),
  containers,
  choice,
  text,
];
