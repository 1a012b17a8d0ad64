import type { Statement } from './ports.ts';

/** What may stand in a template: it always travels as a parameter, never in the text. Objects go as JSON. */
export type Parameter = string | number | boolean | null | undefined | Date | object;

function encode(value: Parameter): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One SQL statement from a template: sql`select … where id = ${id}`. */
export function sql(strings: TemplateStringsArray, ...values: readonly Parameter[]): Statement {
  return {
    text: strings.reduce((text, part, n) => `${text}$${n}${part}`),
    params: values.map(encode),
  };
}

/** A statement without parameters, from text that the pure parts made. */
export function plain(text: string): Statement {
  return { text, params: [] };
}
