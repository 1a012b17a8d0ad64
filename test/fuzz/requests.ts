import fc, { type Arbitrary } from 'fast-check';
import type { Operation, Parameter } from './operations.ts';
import type { Json, SchemaValues } from './schema-values.ts';
import { nearly, wildTexts, wildValues } from './wild-values.ts';

/** A request as it is sent. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How near a part of a request is to what the document asks for. */
type Aim = 'fitting' | 'near' | 'wild';

const aims: Arbitrary<Aim> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Aim>('fitting') },
  { weight: 3, arbitrary: fc.constant<Aim>('near') },
  { weight: 1, arbitrary: fc.constant<Aim>('wild') },
);

/** What is known of the system: parameters that would never be guessed. By the parameter's name. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Requests of one operation. */
export function requestsOf(
  operation: Operation,
  values: SchemaValues,
  known: Known,
): Arbitrary<FuzzedRequest> {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const optional = operation.parameters.filter((parameter) => parameter.in !== 'path');
  return fc
    .record({
      path: fc.tuple(...inPath.map((parameter) => texts(parameter, values, known))),
      others: fc
        .subarray(optional, { maxLength: Math.min(optional.length, 4) })
        .chain((chosen) => fc.tuple(...chosen.map((parameter) => written(parameter, values, known)))),
      body: bodies(operation, values),
    })
    .map(({ path, others, body }) => {
      const query = others.flatMap(([{ in: place }, pairs]) => (place === 'query' ? pairs : []));
      const headers = others.flatMap(([{ in: place }, pairs]) => (place === 'header' ? pairs : []));
      const search = query.map(([name, text]) => `${name}=${escaped(text)}`).join('&');
      const address = inPath.reduce(
        (at, { name }, n) => at.replace(`{${name}}`, escaped(path[n] ?? '')),
        operation.path,
      );
      return {
        method: operation.method,
        path: search === '' ? address : `${address}?${search}`,
        headers: {
          ...Object.fromEntries(headers.map(([name, text]) => [name, printable(text)])),
          ...(body ? { 'Content-Type': body.type } : {}),
        },
        body: body?.text,
      };
    });
}

function texts({ name, schema }: Parameter, values: SchemaValues, known: Known): Arbitrary<string> {
  const some = known[name] ?? [];
  const fitting = values.fitting(schema).map((value) => String(value) || 'x');
  const wild = wildTexts.map((text) => (['', '.', '..'].includes(text) ? 'x' : text));
  return fc.oneof(
    ...(some.length > 0 ? [{ weight: 12, arbitrary: fc.constantFrom(...some) }] : []),
    { weight: 3, arbitrary: fitting },
    { weight: 1, arbitrary: wild },
  );
}

/** A parameter, and what it becomes in the address or in the headers. */
function written(
  parameter: Parameter,
  values: SchemaValues,
  known: Known,
): Arbitrary<readonly [Parameter, readonly (readonly [string, string])[]]> {
  const some = known[parameter.name] ?? [];
  const isList = values.resolve(parameter.schema)['type'] === 'array';
  const fitting = values.fitting(parameter.schema);
  const value = aims.chain((aim): Arbitrary<unknown> => {
    if (aim === 'wild') return parameter.in === 'header' ? wildTexts : wildValues;
    const right =
      some.length === 0
        ? fitting
        : fc.oneof({ weight: 9, arbitrary: ofKnown(some, isList) }, { weight: 1, arbitrary: fitting });
    return aim === 'fitting' ? right : fitting.chain(nearly);
  });
  return value.map((one) => [parameter, pairsOf(parameter, one)]);
}

function ofKnown(some: readonly string[], isList: boolean): Arbitrary<string> {
  const one = fc.constantFrom(...some);
  return isList ? fc.array(one, { minLength: 1, maxLength: 3 }).map((list) => list.join(',')) : one;
}

function pairsOf({ name, style }: Parameter, value: unknown): readonly (readonly [string, string])[] {
  if (style === 'deepObject' && typeof value === 'object' && value !== null) return flat(name, value);
  if (Array.isArray(value)) return [[name, value.map(String).join(',')]];
  return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
}

function flat(name: string, value: object): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([member, inner]): readonly (readonly [string, string])[] => {
    const at = `${name}[${escaped(member)}]`;
    if (Array.isArray(inner) && inner.every((one) => typeof one !== 'object')) return [[at, inner.join(',')]];
    if (typeof inner === 'object' && inner !== null) return flat(at, inner);
    return [[at, String(inner)]];
  });
}

function bodies(
  operation: Operation,
  values: SchemaValues,
): Arbitrary<{ readonly type: string; readonly text: string } | null> {
  const types = Object.entries(operation.body ?? {});
  if (types.length === 0) return fc.constant(null);
  return fc.constantFrom(...types).chain(([type, schema]) =>
    fc.oneof(
      { weight: 20, arbitrary: contents(type, schema, values, operation).map((text) => ({ type, text })) },
      {
        weight: 1,
        arbitrary: wildTexts.map((text) => ({ type: 'text/plain', text: text.toWellFormed() })),
      },
    ),
  );
}

function contents(type: string, schema: Json, values: SchemaValues, { path }: Operation): Arbitrary<string> {
  const some = (one: Json) =>
    aims.chain((aim) => {
      if (aim === 'wild') return wildValues;
      const fitting = values.fitting(one);
      return aim === 'fitting' ? fitting : fitting.chain(nearly);
    });
  if (type === 'application/json') {
    return fc.oneof(
      { weight: 30, arbitrary: some(schema).map((value) => JSON.stringify(value) ?? '') },
      { weight: 1, arbitrary: wildTexts.map((text) => text.toWellFormed()) },
    );
  }
  // A file of records: lines of JSON, or of cells below their names.
  const model = /\/records\/([^/]+)\/import$/.exec(path)?.[1];
  const rows = fc.array(some(model ? { $ref: `#/components/schemas/${model}.create` } : {}), {
    maxLength: 5,
  });
  if (type !== 'text/csv') {
    return rows.map((records) => records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
  return rows.map((records) => {
    const names = [...new Set(records.flatMap((record) => Object.keys(Object(record))))];
    const cells = records.map((record) => names.map((name) => cellOf(Object(record)[name])).join(','));
    return [names.join(','), ...cells].join('\r\n');
  });
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

/** Half a surrogate pair is no address. */
function escaped(text: string): string {
  return /^%[0-9a-f]{2}$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

/** What may stand in a header. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 2000);
}
