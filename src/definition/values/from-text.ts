import { parseLossless } from './lossless-json.ts';

/** The number that a text spells in JSON's grammar; the text itself where it spells none. */
export function numberFromText(text: string): unknown {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/** The value that a text spells in JSON; the text itself where it spells none. */
export function jsonFromText(text: string): unknown {
  try {
    return parseLossless(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** A list as JSON, or its entries separated by commas. */
export function listFromText(text: string): unknown {
  if (text.startsWith('[')) return jsonFromText(text);
  return text === '' ? [] : text.split(',');
}

const WORDS = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const),
]);

/** What the conversion of texts to booleans takes as well. */
export function booleanFromWord(text: string): unknown {
  return WORDS.get(text.toLowerCase()) ?? text;
}

const MOMENT =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,6})?))?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** A moment as many programs write it, in the grammar of RFC 3339: without an offset it is in UTC. */
export function momentFromText(text: string): unknown {
  const [, day, minute = '00:00', second = '00', offset = 'Z'] = MOMENT.exec(text) ?? [];
  if (day === undefined) return text;
  const hours = offset.slice(0, 3);
  const minutes = offset.slice(3).replace(':', '') || '00';
  return `${day}T${minute}:${second}${/^z$/i.test(offset) ? 'Z' : `${hours}:${minutes}`}`;
}
