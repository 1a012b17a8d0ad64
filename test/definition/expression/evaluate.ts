import type { BinaryOperator, Expression } from '../../../src/definition/expression/expression.ts';
import { Numeric } from './numeric.ts';

/** What the language means, in JavaScript: slow, and written apart from the SQL that it is compared with. */
export type Worth = Numeric | Float | string | boolean | Day | null;

export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Days since 1970-01-01. */
export class Day {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** The expression cannot be worked out for this record: a number runs over. */
export class Overrun extends Error {
  override readonly name = 'Overrun';
}

/** The worth of an expression in a record. Throws `Overrun`. */
export function evaluate(node: Expression, record: (name: string) => Worth): Worth {
  const of = (child: Expression) => evaluate(child, record);
  switch (node.kind) {
    case 'number':
      return Numeric.read(node.text);
    case 'text':
    case 'boolean':
      return node.value;
    case 'null':
      return null;
    case 'field':
      return record(node.field.value);
    case 'unary':
      return negated(of(node.operand));
    case 'isNull':
      return (of(node.operand) === null) !== node.negated;
    case 'binary': {
      const { operator } = node;
      if (operator === 'and' || operator === 'or')
        return connected(operator, of(node.left), () => of(node.right));
      return combined(operator, of(node.left), of(node.right));
    }
    case 'case': {
      const branch = node.branches.find(({ when }) => of(when) === true);
      if (branch) return of(branch.result);
      return node.otherwise ? of(node.otherwise) : null;
    }
    case 'call':
      return called(node.name, node.parameters, of);
  }
}

function negated(worth: Worth): Worth {
  if (worth === null) return null;
  if (typeof worth === 'boolean') return !worth;
  return worth instanceof Float ? new Float(-worth.value) : numeric(worth).negate();
}

function connected(operator: 'and' | 'or', left: Worth, right: () => Worth): Worth {
  const decisive = operator === 'or';
  const worths = [left, right()];
  if (worths.includes(decisive)) return decisive;
  return worths.includes(null) ? null : !decisive;
}

function combined(operator: Exclude<BinaryOperator, 'and' | 'or'>, left: Worth, right: Worth): Worth {
  if (left === null || right === null) return null;
  switch (operator) {
    case '||':
      return textOf(left) + textOf(right);
    case '=':
      return compare(left, right) === 0;
    case '!=':
      return compare(left, right) !== 0;
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      if (left instanceof Day) return dated(operator, left, right);
      if (left instanceof Float || right instanceof Float)
        return floated(operator, toFloat(left), toFloat(right));
      return numeric(left).combine(operator, numeric(right));
  }
}

function dated(operator: string, left: Day, right: Worth): Worth {
  if (right instanceof Day) return Numeric.read(String(left.value - right.value));
  const days = Number(numeric(right).text());
  return new Day(operator === '+' ? left.value + days : left.value - days);
}

function floated(operator: string, a: number, b: number): Worth {
  if (operator === '/' && b === 0) return null;
  const value = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
  const vanished = value === 0 && a !== 0 && (operator === '/' || (operator === '*' && b !== 0));
  if (!Number.isFinite(value) || vanished) throw new Overrun('a float runs over');
  return new Float(value);
}

function places(worth: Worth): number {
  return worth === null ? 0 : Number(numeric(worth).text());
}

function called(name: string, parameters: readonly Expression[], of: (node: Expression) => Worth): Worth {
  if (name === 'coalesce') {
    for (const parameter of parameters) {
      const worth = of(parameter);
      if (worth !== null) return worth;
    }
    return null;
  }
  const worths = parameters.map(of);
  if (name === 'concat') return worths.map((worth) => (worth === null ? '' : textOf(worth))).join('');
  if (name === 'greatest' || name === 'least') return extreme(name, worths);
  const [x = null, y = null, z = null] = worths;
  if (worths.includes(null)) return null;
  switch (name) {
    case 'abs':
      return x instanceof Float ? new Float(Math.abs(x.value)) : numeric(x).abs();
    case 'ceil':
      return x instanceof Float ? new Float(Math.ceil(x.value)) : numeric(x).ceil();
    case 'floor':
      return x instanceof Float ? new Float(Math.floor(x.value)) : numeric(x).floor();
    case 'round':
      // By way of the fifteen digits that Postgres makes of a float: of the greatest, these are beyond the floats.
      if (x instanceof Float) return new Float(nearestFloat(Numeric.ofFloat(x.value).round(0)));
      return numeric(x).round(places(y));
    case 'integer':
    case 'bigint':
      return numeric(x).truncate();
    case 'decimal':
      return x instanceof Float ? Numeric.ofFloat(x.value) : x;
    case 'float':
      return new Float(toFloat(x));
    case 'text':
      return textOf(x);
    case 'lower':
      return string(x).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    case 'upper':
      return string(x).replace(/[a-z]/g, (letter) => letter.toUpperCase());
    case 'trim':
      return string(x).replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
    case 'length':
      return Numeric.read(String([...string(x)].length));
    case 'left':
      return [...string(x)].slice(0, places(y)).join('');
    case 'right': {
      const letters = [...string(x)];
      const count = places(y);
      return letters.slice(count >= 0 ? Math.max(letters.length - count, 0) : -count).join('');
    }
    case 'contains':
      return string(x).includes(string(y));
    case 'replace':
      return string(y) === '' ? x : string(x).replaceAll(string(y), () => string(z));
    case 'year':
      return Numeric.read(textOf(x).slice(0, 4));
    case 'month':
      return Numeric.read(textOf(x).slice(5, 7));
    case 'day':
      return Numeric.read(textOf(x).slice(8, 10));
    case 'date':
      return readDay(string(x));
    default:
      throw new TypeError(`the test knows no function ${name}`);
  }
}

function extreme(name: 'greatest' | 'least', worths: readonly Worth[]): Worth {
  let found: Worth = null;
  for (const worth of worths) {
    if (worth === null) continue;
    const order = found === null ? 0 : compare(worth, found);
    if (found === null || (name === 'greatest' ? order > 0 : order < 0)) found = worth;
  }
  return found;
}

function compare(a: Worth, b: Worth): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a instanceof Day && b instanceof Day) return a.value - b.value;
  if (!(a instanceof Float || b instanceof Float)) return numeric(a).compare(numeric(b));
  const [left, right] = [toFloat(a), toFloat(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function readDay(text: string): Day {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return new Day(new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000);
}

/** As the API shows it. */
export function textOf(worth: Worth): string {
  if (worth instanceof Numeric) return worth.text();
  if (worth instanceof Float) return String(worth.value);
  if (worth instanceof Day) {
    return new Date(worth.value * 86_400_000).toISOString().replace(/^\+0/, '').slice(0, 10);
  }
  return String(worth);
}

function toFloat(worth: Worth): number {
  return worth instanceof Float ? worth.value : nearestFloat(numeric(worth));
}

function nearestFloat(exact: Numeric): number {
  const value = Number(exact.text());
  if (!Number.isFinite(value)) throw new Overrun('a float runs over');
  return value;
}

function numeric(worth: Worth): Numeric {
  if (worth instanceof Numeric) return worth;
  throw new TypeError(`${worth} is no exact number`);
}

function string(worth: Worth): string {
  if (typeof worth === 'string') return worth;
  throw new TypeError(`${worth} is no text`);
}
