import type { FieldInput } from '../../definition/definition-input.ts';
import { isJsonNumber } from './adopted-default.ts';

/** A rule that a constraint says, of one column. */
export interface RuleOfCheck {
  readonly column: string;
  readonly limits: Pick<FieldInput, 'min' | 'max' | 'minLength' | 'maxLength' | 'pattern' | 'options'>;
}

const CAST = /::[a-z]+(?: [a-z]+)*(?:\(\d+(?:,\d+)?\))?(?:\[\])?/g;
const NUMBER_AS_TEXT = /'(-?\d+(?:\.\d+)?)'::(?:smallint|integer|bigint|numeric|real|double precision)/g;
const LITERAL = /'((?:[^']|'')*)'/g;
const COLUMN = '("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)';
const NUMBER = '(-?\\d+(?:\\.\\d+)?)';

/**
 * The rule of a check, as `pg_get_constraintdef` writes it: bounds, lengths, a pattern, or a list of values, of one
 * column and joined by AND. Null for all else: it is kept, and not understood.
 */
export function ruleOfCheck(definition: string, typeOf: (column: string) => string): RuleOfCheck | null {
  const texts: string[] = [];
  const expression = definition
    .replace(NUMBER_AS_TEXT, '$1')
    .replace(LITERAL, (_, text: string) => `$${texts.push(text.replaceAll("''", "'")) - 1}`)
    .replace(CAST, '');
  const [, body] = /^CHECK \((.*)\)$/s.exec(expression) ?? [];
  if (body === undefined) return null;
  let column: string | undefined;
  const limits: Record<string, unknown> = {};
  for (const part of conjuncts(body)) {
    const rule = ruleOf(part, texts, typeOf);
    if (!rule || (column !== undefined && rule.column !== column)) return null;
    column = rule.column;
    for (const [name, value] of Object.entries(rule.limits)) {
      if (name in limits) return null;
      limits[name] = value;
    }
  }
  return column === undefined ? null : { column, limits };
}

function conjuncts(expression: string): readonly string[] {
  const bare = unwrapped(expression);
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let n = 0; n < bare.length; n++) {
    if (bare[n] === '(') depth += 1;
    else if (bare[n] === ')') depth -= 1;
    else if (depth === 0 && bare.startsWith(' AND ', n)) {
      parts.push(bare.slice(from, n));
      from = n + 5;
    }
  }
  parts.push(bare.slice(from));
  return parts.length === 1 ? [bare] : parts.flatMap(conjuncts);
}

/** Without the parentheses around the whole, and those around single words, which casts leave behind. */
function unwrapped(expression: string): string {
  let text = expression.trim();
  for (;;) {
    const next = text
      .replace(/(?<![a-z_"])\(\s*("(?:[^"]|"")+"|[\w$.-]+)\s*\)/g, '$1')
      .replace(/\(\(([^()]*)\)\)/g, '($1)');
    const inner = isWrapped(next) ? next.slice(1, -1).trim() : next;
    if (inner === text) return text;
    text = inner;
  }
}

function isWrapped(text: string): boolean {
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (let n = 0; n < text.length; n++) {
    if (text[n] === '(') depth += 1;
    else if (text[n] === ')') depth -= 1;
    if (depth === 0) return n === text.length - 1;
  }
  return false;
}

const BOUND = new RegExp(`^${COLUMN} (>=|<=|>|<) ${NUMBER}$`);
const LENGTH = new RegExp(
  `^(?:char_length|character_length|length)\\(\\(?${COLUMN}\\)?\\) (>=|<=|>|<|=) (\\d+)$`,
);
const LISTED = new RegExp(`^${COLUMN} = ANY \\(+ARRAY\\[((?:\\$\\d+(?:, )?)+)\\]\\)+$`);
const MATCHED = new RegExp(`^${COLUMN} ~ \\$(\\d+)$`);
const NOT_EMPTY = new RegExp(`^${COLUMN} <> \\$(\\d+)$`);

function ruleOf(
  part: string,
  texts: readonly string[],
  typeOf: (column: string) => string,
): RuleOfCheck | null {
  const text = (n: string | undefined) => texts[Number(n)] ?? '';
  const bound = BOUND.exec(part);
  if (bound) {
    const column = nameOf(bound[1]);
    const limits = boundOf(bound[2], bound[3] ?? '', typeOf(column));
    return limits && { column, limits };
  }
  const length = LENGTH.exec(part);
  if (length) {
    const n = Number(length[3]);
    const limits = {
      '>=': { minLength: n },
      '>': { minLength: n + 1 },
      '<=': { maxLength: n },
      '<': { maxLength: n - 1 },
      '=': { minLength: n, maxLength: n },
    }[length[2] ?? ''];
    return limits ? { column: nameOf(length[1]), limits } : null;
  }
  const listed = LISTED.exec(part);
  if (listed) {
    const options = (listed[2] ?? '').split(', ').map((place) => text(place.slice(1)));
    return { column: nameOf(listed[1]), limits: { options } };
  }
  const matched = MATCHED.exec(part);
  if (matched) return { column: nameOf(matched[1]), limits: { pattern: text(matched[2]) } };
  const filled = NOT_EMPTY.exec(part);
  if (filled && text(filled[2]) === '') return { column: nameOf(filled[1]), limits: { minLength: 1 } };
  return null;
}

function boundOf(operator: string | undefined, digits: string, type: string): RuleOfCheck['limits'] | null {
  const isWhole = type === 'integer' || type === 'bigint';
  const value = (text: string) => (isJsonNumber(type) ? Number(text) : text);
  if (operator === '>=') return { min: value(digits) };
  if (operator === '<=') return { max: value(digits) };
  // Between whole numbers there is nothing.
  if (!isWhole || digits.includes('.')) return null;
  return operator === '>'
    ? { min: value(String(BigInt(digits) + 1n)) }
    : { max: value(String(BigInt(digits) - 1n)) };
}

function nameOf(quoted = ''): string {
  return quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted;
}
