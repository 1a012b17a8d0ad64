import type { Row } from './data-file.ts';
import type { Problem } from './read-answer.ts';

/** A value that stands in the way of its row, by the row's place in the body. */
export interface RefusedValue {
  readonly row: number;
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The values that a problem names; of one row alone, also where only its field is named. */
export function locateRefusals(problem: Problem, rows: readonly Row[]): readonly RefusedValue[] {
  return problem.errors.flatMap(({ path, code, message }) => {
    const [, first = '', second] = path.split('/');
    if (second !== undefined && /^\d+$/.test(first)) {
      return [{ row: Number(first), field: second, code, message }];
    }
    return rows.length === 1 ? [{ row: 0, field: first, code, message }] : [];
  });
}
