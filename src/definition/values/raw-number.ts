/**
 * A number that a double cannot hold travels as its text inside an object that JSON.stringify writes out as it
 * is: `rawJSON` of the ECMAScript proposal "JSON.parse source text access".
 */
interface RawJson {
  readonly rawJSON: string;
}

declare global {
  interface JSON {
    rawJSON(text: string): RawJson;
    isRawJSON(value: unknown): value is RawJson;
  }
}

/** The text of a number that was kept as text, or undefined. */
export function rawNumber(value: unknown): string | undefined {
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

/** The double nearest to a JSON number; undefined for what is none, or beyond the doubles. */
export function nearestDouble(value: unknown): number | undefined {
  const number = Number(rawNumber(value) ?? value);
  return (typeof value === 'number' || rawNumber(value) !== undefined) && Number.isFinite(number)
    ? number
    : undefined;
}
