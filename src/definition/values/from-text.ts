/** The number that a text spells in JSON's grammar; the text itself where it spells none. */
export function numberFromText(text: string): unknown {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/** The value that a text spells in JSON; the text itself where it spells none. */
export function jsonFromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
