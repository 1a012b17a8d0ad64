import * as v from 'valibot';
import type { Finding } from '../failure.ts';
import type { Operator } from './field-type.ts';
import type { Filter, FilterField } from './filter.ts';
import type { Relation } from './relation.ts';

/** How many relations a path may follow. */
export const MAX_PATH = 5;
const MAX_DEPTH = 10;
const MAX_TERMS = 200;
const MAX_VALUES = 1000;

/** What a filter is read against. */
export interface FilterContext {
  /** For what is refused. */
  readonly model: string;
  /** By the name that the filter calls it. */
  readonly fieldOf: (name: string) => FilterField | undefined;
  /** Where a path leads from here by that name. Absent where conditions have no paths. */
  readonly relatedBy?: (name: string) => RelatedContext | Problem | undefined;
  /** Whether names may have dots of their own, and are no paths. */
  readonly isWhole?: boolean;
  /** The place of a member, in the way of the one who is told: `filter[title][_eq]`, or a JSON Pointer. */
  readonly at: (path: string, member: string | number) => string;
}

/** Where a path leads, and what conditions there are read against. */
export interface RelatedContext {
  readonly relation: Relation;
  readonly context: FilterContext;
}

/** Why a name leads nowhere, though it could. */
export interface Problem {
  readonly problem: string;
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
  return new FilterParser(findings).object(context, value, path, { depth: 0, hops: 0 });
}

/** How deep a condition stands, and how many relations were followed to it. */
interface Nesting {
  readonly depth: number;
  readonly hops: number;
}

const NOTHING: Filter = { kind: 'and', filters: [] };

function all(filters: readonly Filter[]): Filter {
  return filters.length === 1 && filters[0] ? filters[0] : { kind: 'and', filters };
}

type Members = Readonly<Record<string, unknown>>;

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first name of a path, and the rest; null where there is none. */
export function cutPath(path: string): readonly [first: string, rest: string | null] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, null] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** What is said of a name that is neither a field nor leads anywhere. */
export function leadsNowhere({ model }: Pick<FilterContext, 'model'>, name: string): string {
  return `${model} has no field ${name}`;
}

class FilterParser {
  readonly #findings: Finding[];
  #terms = 0;

  constructor(findings: Finding[]) {
    this.#findings = findings;
  }

  object(context: FilterContext, value: unknown, path: string, nesting: Nesting): Filter {
    if (!isMembers(value)) {
      this.#find(path, 'invalid_filter', 'must be an object such as {"title": {"_eq": "Jaws"}}');
      return NOTHING;
    }
    if (nesting.depth > MAX_DEPTH) {
      this.#find(path, 'filter_too_deep', `conditions may be nested ${MAX_DEPTH} deep`);
      return NOTHING;
    }
    return all(
      Object.entries(value).map(([key, member]) => this.#member(context, key, member, path, nesting)),
    );
  }

  #member(context: FilterContext, key: string, member: unknown, path: string, nesting: Nesting): Filter {
    const at = context.at(path, key);
    const deeper = { ...nesting, depth: nesting.depth + 1 };
    if (key === '_and' || key === '_or') {
      const list = elementsOf(member);
      if (!list) this.#find(at, 'invalid_filter', 'must be a list of conditions');
      const filters = (list ?? []).map((entry, n) => this.object(context, entry, context.at(at, n), deeper));
      return { kind: key === '_and' ? 'and' : 'or', filters };
    }
    if (key === '_not') return { kind: 'not', filter: this.object(context, member, at, deeper) };
    const [name, rest] = cutPath(key);
    if (rest !== null && !context.isWhole)
      return this.#path(context, name, { [rest]: member }, at, nesting, () => path);
    const field = context.fieldOf(key);
    // Under the name of a relation, names are of fields there; operators are of the reference itself.
    if (!field || (isMembers(member) && Object.keys(member).some((inner) => !inner.startsWith('_')))) {
      if (context.relatedBy) return this.#path(context, key, member, at, nesting);
    }
    return this.#field(context, field, key, member, at);
  }

  #path(
    context: FilterContext,
    name: string,
    member: unknown,
    path: string,
    { depth, hops }: Nesting,
    placeOf = () => path,
  ): Filter {
    const related = context.relatedBy?.(name);
    if (!related || 'problem' in related) {
      this.#find(path, 'unknown_field', related?.problem ?? leadsNowhere(context, name));
      return NOTHING;
    }
    if (hops === MAX_PATH) {
      this.#find(path, 'filter_too_deep', `a path follows at most ${MAX_PATH} references`);
      return NOTHING;
    }
    const nesting = { depth: depth + 1, hops: hops + 1 };
    const filter = this.object(related.context, member, placeOf(), nesting);
    return { kind: 'related', relation: related.relation, filter };
  }

  #field(
    context: FilterContext,
    field: FilterField | undefined,
    name: string,
    member: unknown,
    path: string,
  ): Filter {
    if (!field) {
      this.#find(path, 'unknown_field', leadsNowhere(context, name));
      return NOTHING;
    }
    if (!isMembers(member)) {
      this.#find(path, 'invalid_filter', 'must name an operator, such as {"_eq": …}');
      return NOTHING;
    }
    return all(
      Object.entries(member).map(([operator, value]) =>
        this.#compare(field, operator, value, context.at(path, operator)),
      ),
    );
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
      return NOTHING;
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
