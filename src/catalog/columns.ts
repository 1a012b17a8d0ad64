import type { Row } from '../ports.ts';

/** The text of a column that cannot be null. Throws where the query did not select it. */
export function text(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (value === null || value === undefined) throw new TypeError(`no ${column} in this row`);
  return value;
}

/** The text of a column, or null. */
export function textOrNull(row: Row | undefined, column: string): string | null {
  return row?.[column] ?? null;
}

/** The number in a column that cannot be null. */
export function number(row: Row | undefined, column: string): number {
  return Number(text(row, column));
}
