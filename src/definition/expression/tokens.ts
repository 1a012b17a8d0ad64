import { ExpressionError } from './expression.ts';

/** A word of an expression's text. `at` counts characters from 1. */
export interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'name' | 'id' | 'symbol' | 'end';
  /** Digits, the text without its quotes, the word as it was written, the symbol. */
  readonly text: string;
  readonly at: number;
}

/** In this order: the longer symbol first. */
const PATTERNS: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['text', /'(?:[^']|'')*'/y],
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['name', /"[a-z][a-z0-9_]*"/y],
  ['id', /\{[^{}]+\}/y],
  ['symbol', /\|\||!=|<>|<=|>=|[-+*/%=<>(),]/y],
];

/** Cuts a text into tokens, `end` last. Throws `ExpressionError` at what is none. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const token = tokenAt(text, index);
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.value, at: index + 1 });
    index += token.length;
  }
  tokens.push({ kind: 'end', text: 'the end', at: text.length + 1 });
  return tokens;
}

function tokenAt(text: string, index: number) {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { kind, value: textIn(kind, found), length: found.length };
  }
  const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
  throw new ExpressionError(index + 1, HINTS[character] ?? `${character} has no meaning here`);
}

const HINTS: Readonly<Record<string, string>> = {
  "'": "the text that begins here does not end: close it with ', and write '' for a ' within",
  '"': 'a field in double quotes is a name such as "end"; texts stand in single quotes',
};

function textIn(kind: Token['kind'] | 'space', found: string): string {
  if (kind === 'text') return found.slice(1, -1).replaceAll("''", "'");
  return kind === 'name' || kind === 'id' ? found.slice(1, -1) : found;
}
