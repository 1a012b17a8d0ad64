import { expect } from 'vitest';
import type { Answer } from '../stack/answer.ts';

/** A problem after RFC 9457, with what was wrong and where; `line` is that of a file. */
export function expectProblem(
  answer: Answer,
  status: number,
  code: string,
  path?: string,
  line?: number,
): void {
  expect(answer.body).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    type: expect.stringContaining(code),
    title: expect.any(String),
    instance: expect.any(String),
  });
  expect(answer.body.detail).not.toBe('');
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat \S+:\d+|select |insert into/);
  if (path !== undefined)
    expect(answer.body.errors).toEqual([
      {
        ...(line === undefined ? {} : { line }),
        path,
        code: expect.any(String),
        message: expect.any(String),
      },
    ]);
}
