import * as v from 'valibot';
import type { KeyType } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { fitName } from '../definition/fit-names.ts';
import { keyField } from '../definition/system-fields.ts';
import type { Sample, SampleColumn } from './sample.ts';

/** A published model that holds each value of a column among its keys. */
export interface Holding {
  readonly column: SampleColumn;
  readonly model: string;
}

/** A column whose values are keys of another model. */
export interface ReferenceGuess {
  readonly column: SampleColumn;
  /** The name of the model. */
  readonly to: string;
  /** Where that model is of a sample: the column that is its key. */
  readonly target: SampleColumn | null;
  readonly isList: boolean;
  readonly reason: string;
}

/** Texts that a column refers to others by, each once. */
export interface Referring {
  readonly column: SampleColumn;
  readonly values: ReadonlySet<string>;
  readonly isList: boolean;
}

const MIN_DISTINCT = 3;
const MAX_DISTINCT = 1000;

/** The columns that may refer to other records: by texts, cells, or lists of texts. */
export function referringColumns(samples: readonly Sample[]): readonly Referring[] {
  return samples.flatMap(({ columns }) =>
    columns.flatMap((column): readonly Referring[] => {
      const values = column.values.filter((value) => value !== null);
      const isList = values.length > 0 && values.every((value) => Array.isArray(value));
      const all: readonly unknown[] = isList ? values.flat() : values;
      const texts = new Set(all.filter((value) => typeof value === 'string'));
      const isReferring =
        texts.size > 0 && texts.size <= MAX_DISTINCT && all.every((one) => typeof one === 'string');
      return isReferring ? [{ column, values: texts, isList }] : [];
    }),
  );
}

/** The type of key that a column of different texts makes; null where it can be none. */
export function keyType({ values, isCells }: SampleColumn): Extract<KeyType, 'uuid' | 'text'> | null {
  const isDistinct = new Set(values.map((value) => String(value).toLowerCase())).size === values.length;
  if (!isDistinct || values.length === 0) return null;
  const fits = (key: 'uuid' | 'text') => {
    const field = keyField({ key });
    const spec = specOf(field);
    const validator = spec.validator(field, true);
    return values.every(
      (value) => typeof value === 'string' && v.is(validator, isCells ? spec.csv.read(value) : value),
    );
  };
  return fits('uuid') ? 'uuid' : fits('text') ? 'text' : null;
}

/** What columns refer to: the keys of published models, or of the other samples, which become their keys by that. */
export function guessReferences(
  samples: readonly Sample[],
  names: readonly string[],
  holdings: readonly Holding[],
): readonly ReferenceGuess[] {
  const keys = new Map<string, SampleColumn>();
  const guesses: ReferenceGuess[] = [];
  for (const referring of referringColumns(samples)) {
    const { column, isList } = referring;
    // What others refer to is the key of its own records.
    if ([...keys.values()].includes(column)) continue;
    const guess =
      fromSamples(referring, samples, names, keys, guesses) ??
      holdings
        .filter(
          (holding) =>
            holding.column === column && (isNameOf(column.name, holding.model) || isTelling(referring)),
        )
        .map(({ model }) => ({ to: model, target: null, of: `the ids of ${model}` }))[0];
    if (!guess) continue;
    if (guess.target) keys.set(guess.to, guess.target);
    const reason = `all ${referring.values.size} different values are among ${guess.of}`;
    guesses.push({ column, to: guess.to, target: guess.target, isList, reason });
  }
  return guesses;
}

function fromSamples(
  referring: Referring,
  samples: readonly Sample[],
  names: readonly string[],
  keys: ReadonlyMap<string, SampleColumn>,
  guesses: readonly ReferenceGuess[],
) {
  const own = samples.find(({ columns }) => columns.includes(referring.column));
  const found = samples.flatMap((sample, n) => {
    const to = names[n] ?? '';
    const known = keys.get(to);
    const isOwn = sample === own;
    const isNamed = isNameOf(referring.column.name, to) || (isOwn && WITHIN.test(referring.column.name));
    return sample.columns.flatMap((target) => {
      // What one model's records are told apart by is one column.
      if (target === referring.column || (known && known !== target)) return [];
      if (guesses.some(({ column }) => column === target)) return [];
      // Within one sample much is alike: there the name has to say it.
      if (!isNamed && (isOwn || !isTelling(referring))) return [];
      if (!keyType(target)) return [];
      const values = new Set(target.values);
      if (![...referring.values].every((value) => values.has(value))) return [];
      const isId = fitName(target.name) === 'id';
      return [
        { to, target, of: `those of "${target.name}" of ${to}`, rank: (isNamed ? 2 : 0) + (isId ? 1 : 0) },
      ];
    });
  });
  return found.toSorted((a, b) => b.rank - a.rank)[0];
}

/** What rows of one kind call others of theirs. */
const WITHIN = /parent|boss|manager|reports_?to|previous|next/i;

/** Numbers, and the few words that many things share, need a name that says what they mean. */
function isTelling({ values }: Referring): boolean {
  return values.size >= MIN_DISTINCT && [...values].every((value) => !/^-?[\d.]*$/.test(value));
}

/** Whether a column is called after a model: `director`, `director_id` and `directorIds` after `directors`. */
function isNameOf(column: string, model: string): boolean {
  const stem = (name: string) => name.replace(/ies$/, 'y').replace(/s$/, '');
  const name = stem(fitName(column).replace(/_(ids?|keys?|codes?)$/, ''));
  return name === stem(model) || name.endsWith(`_${stem(model)}`);
}
