import { rawNumber } from './raw-number.ts';
import { type Refusal, refuse } from './reading.ts';

/** A decimal number of any size without loss: `units / 10 ** scale`. */
export interface ExactDecimal {
  readonly units: bigint;
  /** Digits after the point, trailing zeros included. */
  readonly scale: number;
}

/** Postgres' limit for a declared numeric; also keeps the arithmetic short. */
export const MAX_PRECISION = 1000;

const DECIMAL = /^(-?)0*([0-9]+)(?:\.([0-9]+))?$/;

/** A JSON number keeps this many decimal digits for certain. */
const SAFE_DIGITS = 15;

/** Reads a decimal string, or a JSON number whose decimal digits are beyond doubt. */
export function readDecimal(value: unknown): ExactDecimal | Refusal {
  if (typeof value === 'number') return readNumber(value);
  const raw = rawNumber(value);
  if (raw !== undefined) return readDecimal(raw);
  if (typeof value !== 'string') return refuse('must be a decimal number as a string, such as "12.50"');
  if (value.length > 2 * MAX_PRECISION + 2) return refuse(`must have at most ${MAX_PRECISION} digits`);
  return parse(value) ?? refuse('must be a decimal number as a string, such as "12.50", without an exponent');
}

function readNumber(value: number): ExactDecimal | Refusal {
  const text = String(value);
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '').length;
  const exact = digits > SAFE_DIGITS ? undefined : parse(text);
  return exact ?? refuse(`must be a string, such as "12.50": a JSON number may have lost digits`);
}

function parse(text: string): ExactDecimal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

export function compareDecimals(a: ExactDecimal, b: ExactDecimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * 10n ** BigInt(scale - a.scale);
  const right = b.units * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The plain form: no exponent, no needless leading zeros, all digits after the point. */
export function decimalText({ units, scale }: ExactDecimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

/** Digits ahead of the point, none for a number below one. */
export function wholeDigits({ units, scale }: ExactDecimal): number {
  const whole = (units < 0n ? -units : units) / 10n ** BigInt(scale);
  return whole === 0n ? 0 : String(whole).length;
}
