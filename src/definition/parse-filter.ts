import type { Finding } from '../failure.ts';
import type { Filter, FilterField } from './filter.ts';
import { readOperands } from './filter-operands.ts';
import { memberOf } from './json-member.ts';
import type { Relation } from './relation.ts';
import { elementsOf } from './values/elements.ts';
import { isRefusal } from './values/reading.ts';

/** How many relations a path may follow. */
export const MAX_PATH = 5;
const MAX_DEPTH = 10;
const MAX_TERMS = 200;

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
  /** Whether values are texts of a query string: JSON then stands there as it is spelled. */
  readonly isText?: boolean;
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

/** Of paths in JSON, for who wrote another. */
const JSON_PATHS = 'write names of letters, digits, _, -, $ and @, that begin with no _, between dots';

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

  #member(
    context: FilterContext,
    key: string,
    member: unknown,
    path: string,
    nesting: Nesting,
    at = context.at(path, key),
  ): Filter {
    const deeper = { ...nesting, depth: nesting.depth + 1 };
    if (key === '_and' || key === '_or') {
      const list = elementsOf(member);
      if (!list) this.#find(at, 'invalid_filter', 'must be a list of conditions');
      const filters = (list ?? []).map((entry, n) => this.object(context, entry, context.at(at, n), deeper));
      return { kind: key === '_and' ? 'and' : 'or', filters };
    }
    if (key === '_not') return { kind: 'not', filter: this.object(context, member, at, deeper) };
    const [name, rest] = cutPath(key);
    if (rest !== null && !context.isWhole) {
      const json = context.fieldOf(name);
      if (json?.spec.type === 'json') return this.#json(context, json, rest, member, at);
      return this.#path(context, name, at, nesting, (inner, further) =>
        this.#member(inner, rest, member, path, further, at),
      );
    }
    const field = context.fieldOf(key);
    if (field?.spec.type === 'json') return this.#json(context, field, null, member, at);
    // Under the name of a relation, names are of fields there; operators are of the reference itself.
    if (!field || (isMembers(member) && Object.keys(member).some((inner) => !inner.startsWith('_')))) {
      if (context.relatedBy?.(key) || (context.relatedBy && !field)) {
        return this.#path(context, key, at, nesting, (inner, further) =>
          this.object(inner, member, at, further),
        );
      }
    }
    return this.#field(context, field, key, member, at);
  }

  #path(
    context: FilterContext,
    name: string,
    path: string,
    { depth, hops }: Nesting,
    conditions: (inner: FilterContext, nesting: Nesting) => Filter,
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
    const filter = conditions(related.context, { depth: depth + 1, hops: hops + 1 });
    return { kind: 'related', relation: related.relation, filter };
  }

  /** Conditions on a value in JSON, and on those within it: names lead to these, operators are of itself. */
  #json(
    context: FilterContext,
    field: FilterField,
    members: string | null,
    value: unknown,
    path: string,
  ): Filter {
    const inner = members === null ? field : memberOf(field, members);
    if (!inner) {
      this.#find(path, 'unknown_field', `${members} is no path in ${field.name}: ${JSON_PATHS}`);
      return NOTHING;
    }
    if (!isMembers(value)) return this.#field(context, inner, inner.name, value, path);
    return all(
      Object.entries(value).map(([key, member]) => {
        const at = context.at(path, key);
        if (key.startsWith('_')) return this.#compare(context, inner, key, member, at);
        return this.#json(context, inner, key, member, at);
      }),
    );
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
        this.#compare(context, field, operator, value, context.at(path, operator)),
      ),
    );
  }

  #compare(context: FilterContext, field: FilterField, name: string, value: unknown, path: string): Filter {
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
    const values = readOperands(field, operator, value, context.isText ?? false);
    if (!isRefusal(values)) return { kind: 'compare', field, operator, values };
    this.#find(path, 'invalid_value', values.refusal);
    return NOTHING;
  }

  #find(path: string, code: string, message: string): void {
    this.#findings.push({ path, code, message });
  }
}
