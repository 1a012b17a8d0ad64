import {
  type ComputedField,
  computedSql,
  isComputed,
  usableFields,
  usedIds,
} from '../definition/computed.ts';
import type { Field, Moment } from '../definition/definition.ts';
import type { FieldInput } from '../definition/definition-input.ts';
import { compileExpression } from '../definition/expression/compile-expression.ts';
import {
  ExpressionError,
  expressionFinding,
  type FieldReference,
  mapFields,
  nodesOf,
} from '../definition/expression/expression.ts';
import { parseExpression } from '../definition/expression/parse-expression.ts';
import { printExpression } from '../definition/expression/print-expression.ts';
import { fieldValue } from '../definition/expression/value-type.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { stableId, uniqueName } from '../definition/physical-names.ts';
import type { Finding } from '../failure.ts';

/** A computed field as a client writes it, and what it is matched with. */
export interface ComputedEntry {
  readonly input: FieldInput;
  readonly previous: Field | undefined;
  /** JSON Pointer of the field in the request. */
  readonly path: string;
}

/** What computed fields are resolved among. */
export interface ComputedSurroundings {
  readonly modelName: string;
  readonly modelId: string;
  /** The moments of a record that its table keeps. */
  readonly moments: readonly Moment[];
  /** The fields that are not computed, as they will be. */
  readonly plain: readonly Field[];
  readonly previous: readonly Field[];
  /** Columns that no field may get; those that are given here are added. */
  readonly taken: Set<string>;
  readonly findings: Finding[];
}

/** Together with all the computed fields that it uses, and these again: what Postgres is asked to read at once. */
const MAX_NODES = 5000;

interface Resolved {
  readonly field: Field;
  readonly nodes: number;
}

/** Gives computed fields their types, columns and references by id. What cannot be is a finding. */
export function resolveComputed(
  entries: readonly ComputedEntry[],
  surroundings: ComputedSurroundings,
): ReadonlyMap<FieldInput, Field> {
  const resolver = new ComputedResolver(entries, surroundings);
  return new Map(entries.map((entry) => [entry.input, resolver.resolve(entry).field]));
}

class ComputedResolver {
  readonly #entries: readonly ComputedEntry[];
  readonly #surroundings: ComputedSurroundings;
  readonly #resolved = new Map<ComputedEntry, Resolved>();
  /** Those whose turn is not over: one in a row of fields that each use the next. */
  readonly #open: ComputedEntry[] = [];

  constructor(entries: readonly ComputedEntry[], surroundings: ComputedSurroundings) {
    this.#entries = entries;
    this.#surroundings = surroundings;
  }

  resolve(entry: ComputedEntry): Resolved {
    const known = this.#resolved.get(entry);
    if (known) return known;
    this.#open.push(entry);
    const resolved = this.#attempt(entry);
    this.#open.pop();
    this.#resolved.set(entry, resolved);
    return resolved;
  }

  #attempt(entry: ComputedEntry): Resolved {
    const { input, previous, path } = entry;
    const { findings, modelName } = this.#surroundings;
    const text = input.expression ?? '';
    try {
      if (previous && !isComputed(previous)) {
        const message = `${modelName}.${previous.name} holds values of its own and cannot become computed: drop it, and add a computed field under another name`;
        findings.push({ path: `${path}/type`, code: 'not_convertible', message });
      }
      return this.#typed(entry, text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const isGone = previous && error instanceof SourceGone;
      if (isGone) return { field: previous, nodes: 0 };
      findings.push(expressionFinding(`${path}/expression`, error));
      const { id, column } = previous ?? this.#born(input);
      return { field: { name: input.name, type: 'text', id, column, expression: text }, nodes: 0 };
    }
  }

  #typed(entry: ComputedEntry, text: string): Resolved {
    const { input, previous } = entry;
    const expression = parseExpression(text, 'ids');
    let nodes = nodesOf(expression).length;
    const ids = new Map<string, string>();
    const { type } = compileExpression(expression, (reference, at) => {
      const source = this.#source(reference, at);
      nodes += source.nodes;
      ids.set(reference.value, source.field.id);
      return fieldValue(source.field, quoteIdentifier(source.field.column), at);
    });
    if (nodes > MAX_NODES) {
      throw new ExpressionError(
        1,
        `has more than ${MAX_NODES} parts, with those of the computed fields that it uses`,
      );
    }
    const stored = printExpression(
      mapFields(expression, ({ by, value }) => ({
        by: 'id',
        value: by === 'id' ? value : (ids.get(value) ?? value),
      })),
    );
    const field = this.#field(entry, { type, expression: stored });
    this.#checkLimits(entry, type);
    const isAlike = previous !== undefined && isComputed(previous) && this.#isAlike(previous, field);
    if (!previous || isAlike) return { field, nodes };
    // Other values: a column of their own, so that the class before goes on reading the old ones.
    const column = uniqueName(input.name, this.#surroundings.taken);
    this.#surroundings.taken.add(column);
    return { field: { ...field, column }, nodes };
  }

  #field(
    { input, previous }: ComputedEntry,
    kept: Pick<ComputedField, 'type' | 'expression'>,
  ): ComputedField {
    const { id: _id, renamedFrom: _from, result: _result, required, unique, index, ...rest } = input;
    return {
      ...rest,
      ...kept,
      ...(previous ? { id: previous.id, column: previous.column } : this.#born(input)),
      ...(required ? { required: true as const } : {}),
      ...(unique ? { unique: true as const } : {}),
      ...(index ? { index: true as const } : {}),
    };
  }

  #born(input: FieldInput): { readonly id: string; readonly column: string } {
    const { taken, modelId } = this.#surroundings;
    const column = uniqueName(input.name, taken);
    taken.add(column);
    return { id: stableId(modelId, column), column };
  }

  /** Whether the column holds the very values that the field is to have. */
  #isAlike(previous: ComputedField, field: ComputedField): boolean {
    const before = new Set(usableFields(this.#surroundings.previous).map(({ id }) => id));
    if (previous.type !== field.type || !usedIds(previous).every((id) => before.has(id))) return false;
    const now = [
      ...this.#surroundings.plain,
      ...[...this.#resolved.values()].map((resolved) => resolved.field),
    ];
    const sql = (of: ComputedField, fields: readonly Field[]) =>
      computedSql(of, fields, (source) => quoteIdentifier(source.column));
    return sql(previous, this.#surroundings.previous) === sql(field, now);
  }

  #source(reference: FieldReference, at: number): Resolved {
    const { value } = reference;
    const isMeant = ({ id, name }: { readonly id?: string | undefined; readonly name: string }) =>
      reference.by === 'id' ? id === value : name === value;
    const { plain, moments, modelName } = this.#surroundings;
    const field = usableFields(plain, moments).find(isMeant);
    if (field) return { field, nodes: 0 };
    const entry = this.#entries.find(({ input, previous }) =>
      isMeant({ id: previous?.id, name: input.name }),
    );
    if (entry) return this.resolve(this.#closed(entry, at));
    if (reference.by === 'id') throw new SourceGone(at, 'a field that it uses is gone');
    const message = `${modelName} has no field ${value} that an expression can use`;
    throw new ExpressionError(at, message, 'unknown_field');
  }

  #closed(entry: ComputedEntry, at: number): ComputedEntry {
    const start = this.#open.indexOf(entry);
    if (start === -1) return entry;
    const circle = [...this.#open.slice(start), entry].map(({ input }) => input.name).join(' → ');
    throw new ExpressionError(at, `the field would be computed from itself: ${circle}`);
  }

  #checkLimits({ input, path }: ComputedEntry, type: Field['type']): void {
    const { findings } = this.#surroundings;
    const spec = specOf({ type });
    const limits = (['min', 'max', 'minLength', 'maxLength', 'pattern'] as const).filter(
      (name) => name in input,
    );
    const unfit = limits.filter((name) => !spec.properties.includes(name));
    for (const name of unfit) {
      const message = `does not fit a computed field whose values are of type ${type}`;
      findings.push({ path: `${path}/${name}`, code: 'conflicting_properties', message });
    }
    if (unfit.length === 0) findings.push(...spec.checkProperties({ ...input, type }, path));
  }
}

/** What it used is gone by an earlier operation of the change; a later one may yet drop this field too. */
class SourceGone extends ExpressionError {}
