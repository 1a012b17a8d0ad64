/** A Postgres array of texts in its text form. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** The elements of what `arrayLiteral` wrote. */
export function readArrayLiteral(text: string): readonly string[] {
  const elements = text.matchAll(/"((?:[^"\\]|\\.)*)"/gs);
  return Array.from(elements, ([, element = '']) => element.replace(/\\(.)/gs, '$1'));
}
