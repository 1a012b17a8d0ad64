import { type Refusal, refuse } from './reading.ts';

/** Several values: a list, or a text with commas. */
export function listOf(value: unknown, least: number, most: number): readonly unknown[] | Refusal {
  const list = typeof value === 'string' ? value.split(',') : elementsOf(value);
  if (list && list.length >= least && list.length <= most) return list;
  return refuse(`must be ${least === most ? least : `${least} to ${most}`} values, separated by commas`);
}

/** A list as JSON has it, or as a query string does: `[0]=…&[1]=…`, or `[]=…`. */
export function elementsOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d{1,4}$/.test(key)) ? Object.values(value) : null;
}
