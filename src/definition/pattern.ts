/**
 * Patterns of fields: the part of regular expressions that means the same in JavaScript (flag `u`) and in
 * Postgres (advanced regular expressions), and that takes neither of them long to match.
 */

const MAX_LENGTH = 500;
/** Postgres' own bound. */
const MAX_REPEAT = 255;
/** With every repetition written out. Far beyond it, Postgres calls an expression too complex. */
const MAX_SIZE = 1000;

const DIGIT = '0-9';
const WORD = 'A-Za-z0-9_';
/** White space as ECMAScript has it. */
const SPACE = ' \\t\\n\\r\\f\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
const LINE_ENDS = '\\n\\r\\u2028\\u2029';

const CLASSES: Readonly<Record<string, string>> = { d: DIGIT, w: WORD, s: SPACE };
const CONTROLS = 'nrtfv';

class Refused extends Error {}

/** Why a pattern is not taken, or undefined where it is. */
export function refusePattern(pattern: string): string | undefined {
  try {
    translate(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof Refused || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** The same pattern as Postgres reads it. Throws where `refusePattern` has a reason. */
export function postgresPattern(pattern: string): string {
  return translate(pattern);
}

function translate(pattern: string): string {
  if (pattern.length > MAX_LENGTH) throw new Refused(`must have at most ${MAX_LENGTH} characters`);
  if (!pattern.isWellFormed() || pattern.includes('\0')) throw new Refused('must be text without NUL');
  const parser = new PatternParser([...pattern]);
  const text = parser.alternatives();
  parser.assertEnd();
  if (text.size > MAX_SIZE)
    throw new Refused(
      `repeats too much: with all repetitions written out it has more than ${MAX_SIZE} parts`,
    );
  // What this grammar takes and JavaScript does not, such as a range out of order.
  new RegExp(pattern, 'u');
  return text.sql;
}

interface Part {
  readonly sql: string;
  /** Whether something in it repeats without bound: then it must not itself be repeated so. */
  readonly unbounded: boolean;
  /** How many characters or classes it is, with every repetition written out. */
  readonly size: number;
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.size, 0);
}

class PatternParser {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(chars: readonly string[]) {
    this.#chars = chars;
  }

  assertEnd(): void {
    if (this.#at < this.#chars.length) throw new Refused('has a ")" that closes nothing');
  }

  alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return {
      sql: parts.map((part) => part.sql).join('|'),
      unbounded: parts.some((part) => part.unbounded),
      size: sizeOf(parts),
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    for (let char = this.#peek(); char !== undefined && char !== '|' && char !== ')'; char = this.#peek()) {
      parts.push(this.#repeated());
    }
    return {
      sql: parts.map((part) => part.sql).join(''),
      unbounded: parts.some((part) => part.unbounded),
      size: sizeOf(parts),
    };
  }

  #repeated(): Part {
    const atom = this.#atom();
    const quantifier = this.#quantifier();
    if (quantifier === undefined) return atom;
    const isOpen = /[*+]|,\}/.test(quantifier);
    if (isOpen && atom.unbounded) {
      throw new Refused('repeats without bound what repeats without bound, which can take for ever to match');
    }
    if (this.#peek() === '?') throw new Refused('must not have lazy quantifiers');
    const times = Math.max(1, ...(quantifier.match(/\d+/g) ?? []).map(Number));
    return { sql: atom.sql + quantifier, unbounded: atom.unbounded || isOpen, size: atom.size * times };
  }

  #quantifier(): string | undefined {
    const char = this.#peek();
    if (char === '*' || char === '+' || char === '?') return this.#next();
    if (char !== '{') return undefined;
    const rest = this.#chars.slice(this.#at, this.#at + 12).join('');
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest);
    if (!match)
      throw new Refused('has a "{" that is no quantifier such as {2,5}; write \\{ for the character');
    if (Number(match[1]) > MAX_REPEAT || Number(match[3] ?? 0) > MAX_REPEAT) {
      throw new Refused(`must not repeat more than ${MAX_REPEAT} times`);
    }
    this.#at += match[0].length;
    return match[0];
  }

  #atom(): Part {
    const char = this.#next();
    switch (char) {
      case '.':
        return { sql: `[^${LINE_ENDS}]`, unbounded: false, size: 1 };
      case '^':
      case '$':
        return { sql: char, unbounded: false, size: 1 };
      case '(':
        return this.#group();
      case '[':
        return { sql: this.#class(), unbounded: false, size: 1 };
      case '\\':
        return { sql: this.#escape(), unbounded: false, size: 1 };
      default:
        return { sql: literal(char), unbounded: false, size: 1 };
    }
  }

  #group(): Part {
    if (this.#take('?') && !this.#take(':')) {
      throw new Refused('must not look around or name groups: only (…) and (?:…) are taken');
    }
    this.#depth += 1;
    if (this.#depth > 20) throw new Refused('must not nest groups more than 20 deep');
    const inner = this.alternatives();
    if (!this.#take(')')) throw new Refused('has a "(" that is never closed');
    this.#depth -= 1;
    return { ...inner, sql: `(?:${inner.sql})` };
  }

  #escape(): string {
    const char = this.#next();
    const lower = char.toLowerCase();
    const set = CLASSES[lower];
    if (set !== undefined) return char === lower ? `[${set}]` : `[^${set}]`;
    if (CONTROLS.includes(char)) return `\\${char}`;
    if (/[A-Za-z0-9]/.test(char))
      throw new Refused(`must not use \\${char}: known are \\d \\w \\s and \\n \\r \\t`);
    return literal(char);
  }

  #class(): string {
    const negated = this.#take('^') ? '^' : '';
    let members = '';
    for (let char = this.#next(); char !== ']'; char = this.#next()) members += this.#classMember(char);
    if (members === '') throw new Refused('must not have an empty class []');
    return `[${negated}${members}]`;
  }

  #classMember(char: string): string {
    // A hyphen between two members is a range, in both languages.
    if (char === '-') return this.#isRange() ? '-' : '\\-';
    if (char !== '\\') return classLiteral(char);
    const escaped = this.#next();
    const set = CLASSES[escaped];
    if (set !== undefined) return set;
    if (CONTROLS.includes(escaped)) return `\\${escaped}`;
    if (/[A-Za-z0-9]/.test(escaped)) throw new Refused(`must not use \\${escaped} in a class`);
    return classLiteral(escaped);
  }

  /** Whether the hyphen just read stands between two members. */
  #isRange(): boolean {
    const before = this.#chars[this.#at - 2];
    return before !== '[' && before !== '^' && this.#peek() !== ']';
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw new Refused('ends too early');
    this.#at += 1;
    return char;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

function literal(char: string): string {
  return /[!-/:-@[-`{-~]/.test(char) ? `\\${char}` : char;
}

function classLiteral(char: string): string {
  return /[[\]\\^-]/.test(char) ? `\\${char}` : char;
}
