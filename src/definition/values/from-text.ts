/** The number that a text spells in JSON's grammar; the text itself where it spells none. */
export function numberFromText(text: string): unknown {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}
