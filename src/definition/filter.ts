import * as v from 'valibot';
import type { Finding } from '../failure.ts';
import type { Field } from './definition.ts';
import type { FieldTypeSpec, Operator } from './field-type.ts';
import { specOf } from './field-types.ts';
import { quoteIdentifier } from './identifiers.ts';

/** A field as conditions need it. */
export interface FilterField {
  readonly name: string;
  /** The column's name. */
  readonly physical: string;
  /** The same, quoted. */
  readonly column: string;
  readonly columnType: string;
  /** The join table of a list of references, quoted and with its schema; null for what has a column. */
  readonly joinTable: string | null;
  /** Of a list of references: the column of the key of the records that lists belong to, quoted. */
  readonly ownerKey: string;
  readonly spec: FieldTypeSpec;
  /** JSON value → text parameter, checking the type alone; throws nothing, as `v.safeParse` does. */
  readonly comparable: v.GenericSchema<unknown, string>;
}

export function filterField(field: Field): FilterField {
  const spec = specOf(field);
  let comparable: v.GenericSchema<unknown, string> | undefined;
  return {
    name: field.name,
    physical: field.column,
    column: quoteIdentifier(field.column),
    columnType: spec.columnType(field),
    joinTable: null,
    ownerKey: '"id"',
    spec,
    get comparable() {
      const schema = comparable ?? spec.validator(field, false);
      comparable = schema;
      return schema;
    },
  };
}

/** A condition on records, validated against the fields of a model. Values are texts, ready for Postgres. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'compare';
      readonly field: FilterField;
      readonly operator: Operator;
      readonly values: readonly string[];
    };

const MAX_DEPTH = 10;
const MAX_TERMS = 200;
const MAX_VALUES = 1000;

/** What a filter is read against. */
export interface FilterContext {
  /** For what is refused. */
  readonly model: string;
  /** By the name that the filter calls it. */
  readonly fieldOf: (name: string) => FilterField | undefined;
  /** The place of a member, in the way of the one who is told: `filter[title][_eq]`, or a JSON Pointer. */
  readonly at: (path: string, member: string | number) => string;
}

/**
 * Reads the JSON form of a filter: `{title: {_eq: "Jaws"}, _or: [{…}, {…}]}`. Values may be JSON values or, as a
 * query string has them, texts. What is wrong is added to `findings`.
 */
export function parseFilter(
  context: FilterContext,
  value: unknown,
  path: string,
  findings: Finding[],
): Filter {
  return new FilterParser(context, findings).object(value, path, 0);
}

class FilterParser {
  readonly #context: FilterContext;
  readonly #findings: Finding[];
  #terms = 0;

  constructor(context: FilterContext, findings: Finding[]) {
    this.#context = context;
    this.#findings = findings;
  }

  object(value: unknown, path: string, depth: number): Filter {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#find(path, 'invalid_filter', 'must be an object such as {"title": {"_eq": "Jaws"}}');
      return { kind: 'and', filters: [] };
    }
    if (depth > MAX_DEPTH) {
      this.#find(path, 'filter_too_deep', `conditions may be nested ${MAX_DEPTH} deep`);
      return { kind: 'and', filters: [] };
    }
    const filters = Object.entries(value).map(([key, member]) => this.#member(key, member, path, depth));
    return filters.length === 1 && filters[0] ? filters[0] : { kind: 'and', filters };
  }

  #member(key: string, member: unknown, path: string, depth: number): Filter {
    const at = this.#context.at(path, key);
    if (key === '_and' || key === '_or') {
      const list = elementsOf(member);
      if (!list) this.#find(at, 'invalid_filter', 'must be a list of conditions');
      const filters = (list ?? []).map((entry, n) => this.object(entry, this.#context.at(at, n), depth + 1));
      return { kind: key === '_and' ? 'and' : 'or', filters };
    }
    if (key === '_not') return { kind: 'not', filter: this.object(member, at, depth + 1) };
    return this.#field(key, member, at);
  }

  #field(name: string, member: unknown, path: string): Filter {
    const field = this.#context.fieldOf(name);
    if (!field) {
      this.#find(path, 'unknown_field', `${this.#context.model} has no field ${name}`);
      return { kind: 'and', filters: [] };
    }
    if (typeof member !== 'object' || member === null || Array.isArray(member)) {
      this.#find(path, 'invalid_filter', 'must name an operator, such as {"_eq": …}');
      return { kind: 'and', filters: [] };
    }
    const filters = Object.entries(member).map(([operator, value]) =>
      this.#compare(field, operator, value, this.#context.at(path, operator)),
    );
    return filters.length === 1 && filters[0] ? filters[0] : { kind: 'and', filters };
  }

  #compare(field: FilterField, name: string, value: unknown, path: string): Filter {
    this.#terms += 1;
    if (this.#terms === MAX_TERMS + 1) {
      this.#find(path, 'too_many_terms', `a filter has at most ${MAX_TERMS} comparisons`);
    }
    const operator = field.spec.operators.find((known) => known === name);
    if (!operator) {
      const known = field.spec.operators.join(', ');
      this.#find(path, 'unknown_operator', `${field.name} (${field.spec.type}) takes ${known}`);
      return { kind: 'and', filters: [] };
    }
    return { kind: 'compare', field, operator, values: this.#values(field, operator, value, path) };
  }

  #values(field: FilterField, operator: Operator, value: unknown, path: string): readonly string[] {
    switch (operator) {
      case '_null':
        if (value === true || value === 'true' || value === '') return ['true'];
        if (value !== false && value !== 'false') this.#find(path, 'invalid_value', 'must be true or false');
        return ['false'];
      case '_contains':
        // Of a list, several elements may be asked for; a text is one, commas and all.
        if (!field.spec.isList && field.joinTable === null) return this.#text(value, path);
        return elementsOf(value)
          ? this.#list(field, value, path, 1, MAX_VALUES)
          : this.#element(field, value, path);
      case '_icontains':
      case '_startsWith':
      case '_endsWith':
        return this.#text(value, path);
      case '_in':
      case '_nin':
        return this.#list(field, value, path, 1, MAX_VALUES);
      case '_between':
        return this.#list(field, value, path, 2, 2);
      default:
        return this.#value(field, value, path);
    }
  }

  #text(value: unknown, path: string): readonly string[] {
    if (typeof value === 'string' && !value.includes('\0') && value.isWellFormed()) return [value];
    this.#find(path, 'invalid_value', 'must be a text');
    return [];
  }

  #list(field: FilterField, value: unknown, path: string, least: number, most: number): readonly string[] {
    const list = typeof value === 'string' ? value.split(',') : elementsOf(value);
    if (!list || list.length < least || list.length > most) {
      const number = least === most ? `${least}` : `${least} to ${most}`;
      this.#find(path, 'invalid_value', `must be ${number} values, separated by commas`);
      return [];
    }
    return list.flatMap((entry) => this.#element(field, entry, path));
  }

  #element(field: FilterField, value: unknown, path: string): readonly string[] {
    return field.spec.isList ? this.#text(value, path) : this.#value(field, value, path);
  }

  #value(field: FilterField, value: unknown, path: string): readonly string[] {
    const json = typeof value === 'string' ? field.spec.fromText(value) : value;
    const parsed = v.safeParse(field.comparable, json);
    if (parsed.success) return [parsed.output];
    this.#find(path, 'invalid_value', `${field.name} ${parsed.issues[0].message}`);
    return [];
  }

  #find(path: string, code: string, message: string): void {
    this.#findings.push({ path, code, message });
  }
}

/** A list as JSON has it, or as a query string does: `[0]=…&[1]=…`, or `[]=…`. */
export function elementsOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d{1,4}$/.test(key)) ? Object.values(value) : null;
}
