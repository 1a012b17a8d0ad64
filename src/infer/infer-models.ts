import type { DefinitionInput, FieldInput } from '../definition/definition-input.ts';
import { fitName, fitNames } from '../definition/fit-names.ts';
import { isName } from '../definition/identifiers.ts';
import { guessReferences, type Holding, keyType, type ReferenceGuess } from './guess-references.ts';
import { guessType, type TypeGuess } from './guess-type.ts';
import type { Sample, SampleColumn } from './sample.ts';

/** Why a definition is as it is. */
export interface Reason {
  readonly model: string;
  /** Null: of the model as a whole. */
  readonly field: string | null;
  readonly property: 'name' | 'type' | 'required' | 'unique' | 'key' | 'to' | 'left out';
  readonly reason: string;
}

/** Definitions that take the samples, as a change takes them. */
export interface Inferred {
  readonly models: readonly DefinitionInput[];
  /** Of each model, the fields of columns that are called otherwise, as an import maps them. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly reasons: readonly Reason[];
}

/** Names that tell of what there is one of each, where the sample bears it out. */
const UNIQUE_NAME = /(^|_)(id|key|code|slug|isbn|sku|uuid|email|iata|iso)$/;
const UNIQUE_TYPES: readonly FieldInput['type'][] = ['text', 'integer', 'bigint', 'uuid', 'email', 'url'];

/** Proposes a model for each sample; `holdings` are the published models whose values the columns were found among. */
export function inferModels(samples: readonly Sample[], holdings: readonly Holding[]): Inferred {
  const names = fitNames(samples.map(({ name }) => name));
  const references = guessReferences(samples, names, holdings);
  const reasons: Reason[] = [];
  const columns: Record<string, Record<string, string>> = {};
  const models = samples.map((sample, n) => {
    const drafter = new Drafter(sample, names[n] ?? 'record', references, reasons);
    const { definition, mapped } = drafter.draft();
    if (Object.keys(mapped).length > 0) columns[definition.name] = mapped;
    return definition;
  });
  return { models, columns, reasons };
}

/** Drafts the model of one sample. */
class Drafter {
  readonly #sample: Sample;
  readonly #model: string;
  readonly #references: readonly ReferenceGuess[];
  readonly #reasons: Reason[];
  readonly #mapped: Record<string, string> = {};

  constructor(sample: Sample, model: string, references: readonly ReferenceGuess[], reasons: Reason[]) {
    this.#sample = sample;
    this.#model = model;
    this.#references = references;
    this.#reasons = reasons;
  }

  draft(): { readonly definition: DefinitionInput; readonly mapped: Readonly<Record<string, string>> } {
    const { name, columns } = this.#sample;
    if (name !== this.#model) this.#say(null, 'name', `"${name}" does not fit the grammar of names`);
    const key = this.#key();
    if (key) this.#map(key.column, 'id');
    const kept = columns.filter((column) => column !== key?.column && !this.#isSystems(column));
    const names = this.#namesOf(kept);
    const fields = kept.map((column, n) => this.#field(column, names[n] ?? 'field'));
    return {
      definition: { name: this.#model, ...(key ? { key: key.type } : {}), fields },
      mapped: this.#mapped,
    };
  }

  /** The column that others refer to, or one that is called id. */
  #key(): { readonly column: SampleColumn; readonly type: 'uuid' | 'text' } | null {
    const referred = this.#references.find(({ to, target }) => to === this.#model && target);
    const column = referred?.target ?? this.#sample.columns.find(isId);
    if (!column) return null;
    const type = keyType(column);
    if (!type) {
      this.#say(null, 'key', `"${column.name}" cannot be the key: it is not a different text in each row`);
      return null;
    }
    const why = referred
      ? `other rows refer to "${column.name}"`
      : `"${column.name}" is different in each row`;
    this.#say(null, 'key', `${why}: records keep it as their id, of type ${type}`);
    return { column, type };
  }

  #isSystems(column: SampleColumn): boolean {
    if (column.name !== 'created_at' && column.name !== 'updated_at') return false;
    this.#say(column.name, 'left out', 'every record has it, set by the system; an import passes it over');
    return true;
  }

  #namesOf(columns: readonly SampleColumn[]): readonly string[] {
    const wanted = columns.map((column) => (isId(column) ? `own_${column.name}` : column.name));
    return fitNames(wanted);
  }

  #field(column: SampleColumn, name: string): FieldInput {
    this.#map(column, name);
    if (column.name !== name && !isName(column.name)) {
      this.#say(name, 'name', `"${column.name}" does not fit the grammar of names`);
    }
    const guess = this.#typeOf(column);
    this.#say(name, guess.to === undefined ? 'type' : 'to', guess.reason);
    const values = column.values.filter((value) => value !== null);
    const isWhole = values.length === column.values.length && values.length > 0;
    const required = isWhole && guess.field.type !== 'references';
    if (required) this.#say(name, 'required', `each of the ${values.length} rows has a value`);
    const unique =
      required && UNIQUE_TYPES.includes(guess.field.type) && UNIQUE_NAME.test(name) && isDistinct(values);
    if (unique) this.#say(name, 'unique', 'its name says so, and no value is there twice');
    return {
      name,
      ...guess.field,
      ...(guess.to === undefined ? {} : { to: guess.to }),
      ...(required ? { required } : {}),
      ...(unique ? { unique } : {}),
    };
  }

  #typeOf(column: SampleColumn): Omit<TypeGuess, 'field'> & {
    readonly field: TypeGuess['field'];
    readonly to?: string;
  } {
    const reference = this.#references.find((guess) => guess.column === column);
    if (!reference) return guessType(column);
    const { to, isList, reason } = reference;
    return { field: { type: isList ? 'references' : 'reference' }, to, reason };
  }

  #map({ name }: SampleColumn, field: string): void {
    if (name !== field) this.#mapped[name] = field;
  }

  #say(field: string | null, property: Reason['property'], reason: string): void {
    this.#reasons.push({ model: this.#model, field, property, reason });
  }
}

function isId({ name }: SampleColumn): boolean {
  return fitName(name) === 'id';
}

function isDistinct(values: readonly unknown[]): boolean {
  return (
    new Set(values.map((value) => String(value).toLowerCase())).size === values.length && values.length > 1
  );
}
