import fc, { type Arbitrary } from 'fast-check';
import { definitionInputs, fieldInputs } from '../definition/arbitrary.ts';

/** A part of a document: a schema, or an object that holds some. */
export type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 6;

/** How the document says that a text is the name of a model or of a field. */
const NAME = '^[a-z][a-z0-9_]{0,47}$';

/** Few names, so that there are never many models. */
const named = fc
  .tuple(fc.constantFrom('scratch', 'spare', 'other', 'last'), definitionInputs)
  .map(([name, definition]) => ({ ...definition, name }));

/** The address says the name. */
const unnamed = definitionInputs.map(({ key, fields }) => ({ key, fields }));

/** A few models, or one thing that is done to one. */
const changes = fc.oneof(
  fc
    .uniqueArray(named, { minLength: 1, maxLength: 2, selector: ({ name }) => name })
    .map((models) => ({ models })),
  fc.tuple(fc.constantFrom('scratch', 'thing', 'person'), fieldInputs).map(([model, field]) => ({
    operations: [{ op: 'addField', model, field }],
    backfill: {},
  })),
);

/** What a schema cannot say is said by arbitraries of definitions, for else hardly one would be right. */
const RIGHT: Readonly<Record<string, Arbitrary<unknown>>> = {
  '#/components/schemas/DefinitionInput': named,
  '#/components/schemas/ModelInput': unnamed,
  '#/components/schemas/FieldInput': fieldInputs,
  '#/components/schemas/ChangeRequest': changes,
};

/** Values that fit the schemas of a document. */
export class SchemaValues {
  readonly #document: Json;
  /** Ids that records have: what refers to others is to find some. */
  readonly #ids: readonly string[];

  /** Names of models and fields. */
  readonly #names: readonly string[];

  constructor(document: Json, ids: readonly string[], names: readonly string[]) {
    this.#document = document;
    this.#ids = ids;
    this.#names = names;
  }

  /** What a reference leads to; anything else as it is. */
  resolve(schema: Json): Json {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    const steps = $ref.split('/').slice(1);
    const at = (value: unknown, step: string): unknown => Object(value)[step.replaceAll('~1', '/')];
    return this.resolve(objectOf(steps.reduce<unknown>(at, this.#document)));
  }

  fitting(given: Json, depth = 0): Arbitrary<unknown> {
    const right = RIGHT[String(given['$ref'])];
    return right
      ? fc.oneof({ weight: 2, arbitrary: right }, this.#made(given, depth))
      : this.#made(given, depth);
  }

  #made(given: Json, depth: number): Arbitrary<unknown> {
    const schema = this.resolve(given);
    const { type } = schema;
    if ('const' in schema) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
    const choices = listOf(schema['anyOf'] ?? schema['oneOf']);
    if (schema['oneOf'] && type === 'object') {
      // One of several sets of required members.
      const { oneOf: _oneOf, ...common } = schema;
      return fc.oneof(
        ...choices.map((choice) => this.#object({ ...common, required: choice['required'] }, depth)),
      );
    }
    if (choices.length > 0) return fc.oneof(...choices.map((choice) => this.fitting(choice, depth)));
    if (Array.isArray(type))
      return fc.oneof(...type.map((one) => this.fitting({ ...schema, type: one }, depth)));
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer(boundsOf(schema));
      case 'number':
        return fc.double({ ...boundsOf(schema), noNaN: true, noDefaultInfinity: true });
      case 'string':
        return this.#text(schema, depth);
      case 'array':
        return this.#array(schema, depth);
      case 'object':
        return this.#object(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 3 });
    }
  }

  #text(schema: Json, depth: number): Arbitrary<string> {
    const { pattern, format, contentSchema, minLength = 0, maxLength } = schema;
    if (contentSchema)
      return this.fitting(objectOf(contentSchema), depth).map((value) => JSON.stringify(value));
    if (pattern === NAME && this.#names.length > 0) {
      return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...this.#names) }, matching(NAME));
    }
    if (typeof pattern === 'string') return matching(pattern);
    switch (format) {
      case 'date':
        return moments.map((text) => text.slice(0, 10));
      case 'date-time':
        return moments;
      case 'uuid':
        return fc.oneof(fc.uuid(), fc.constantFrom(...this.#ids, '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f'));
      case 'email':
        return fc.emailAddress();
      case 'uri':
        return fc.webUrl();
      default: {
        const limits = { minLength: Number(minLength), maxLength: Math.min(Number(maxLength ?? 30), 30) };
        return fc.oneof(
          fc.string({ unit: 'grapheme', ...limits }),
          ...(this.#ids.length > 0 && maxLength === undefined ? [fc.constantFrom(...this.#ids)] : []),
        );
      }
    }
  }

  #array(schema: Json, depth: number): Arbitrary<unknown> {
    const { items, minItems = 0, maxItems = 4, uniqueItems } = schema;
    const first = listOf(schema['prefixItems']).map((item) => this.fitting(item, depth + 1));
    if (first.length > 0) return fc.tuple(...first);
    const least = Number(minItems);
    const most = depth > MAX_DEPTH ? least : Math.max(least, Math.min(Number(maxItems), 4));
    const item = this.fitting(items === undefined ? {} : objectOf(items), depth + 1);
    const limits = { minLength: least, maxLength: most };
    return uniqueItems
      ? fc.uniqueArray(item, { ...limits, comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
      : fc.array(item, limits);
  }

  #object(schema: Json, depth: number): Arbitrary<unknown> {
    const properties = Object.entries(objectOf(schema['properties'] ?? {}));
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const isDeep = depth > MAX_DEPTH;
    // Of many members a few: all of them together are hardly ever right.
    const chosen = isDeep
      ? fc.constant([])
      : fc.subarray(
          properties.filter(([name]) => !required.has(name)),
          { maxLength: Math.min(properties.length - required.size, 6) },
        );
    return chosen.chain((optional) => {
      const members = [...properties.filter(([name]) => required.has(name)), ...optional];
      const known = fc.record(
        Object.fromEntries(
          members.map(([name, member]) => [name, this.fitting(objectOf(member), depth + 1)]),
        ),
      );
      const { additionalProperties: more } = schema;
      if (more === false || more === undefined || more === true || isDeep) return known;
      const others = fc.dictionary(
        fc.stringMatching(/^[a-z][a-z_.]{0,9}$/),
        this.fitting(objectOf(more), depth + 1),
        {
          maxKeys: 2,
        },
      );
      return fc.tuple(known, others).map(([one, other]) => ({ ...other, ...one }));
    });
  }
}

const moments = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const patterns = new Map<string, Arbitrary<string>>();

/** What fast-check cannot make of a pattern, it makes of the pattern without what looks ahead. */
function matching(pattern: string): Arbitrary<string> {
  const known = patterns.get(pattern);
  if (known) return known;
  const plain = pattern.replaceAll('(?=.)', '').replaceAll('(?!_)', '').replaceAll('(?!pg)', '');
  const readable = plain.replaceAll('\\p{L}', 'a-zé').replaceAll('\\p{N}', '0-9');
  const regex = new RegExp(pattern, 'u');
  const made = fc.stringMatching(new RegExp(readable), { maxLength: 100 }).filter((text) => regex.test(text));
  patterns.set(pattern, made);
  return made;
}

function boundsOf({ minimum, maximum }: Json): { min?: number; max?: number } {
  return {
    ...(typeof minimum === 'number' ? { min: minimum } : {}),
    ...(typeof maximum === 'number' ? { max: maximum } : {}),
  };
}

/** A member of the document that is an object. */
export function objectOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError(`the document has ${JSON.stringify(value)} where an object must be`);
}

/** A member of the document that is a list of objects, or is not there. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
