import * as v from 'valibot';
import type { Answer } from './isolate.ts';

/** What the system answers where it refuses: problem details of RFC 9457. */
const PROBLEM = v.object({
  code: v.string(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ path: v.string(), code: v.string(), message: v.string() })), []),
});

export type Problem = v.InferOutput<typeof PROBLEM>;

/** An answer that the example has no use for: it ends the run. */
export class UnexpectedAnswer extends Error {
  constructor(answer: Answer, wanted: string) {
    const problem = readProblem(answer);
    const detail = problem ? `${problem.code}: ${problem.detail}` : JSON.stringify(answer.body);
    super(`${answer.request} was answered by ${answer.status} instead of ${wanted}. ${detail}`);
  }
}

/** The body of an answer of that status. Throws `UnexpectedAnswer`. */
export function readAnswer<T>(answer: Answer, status: number, schema: v.GenericSchema<unknown, T>): T {
  if (answer.status !== status) throw new UnexpectedAnswer(answer, String(status));
  const parsed = v.safeParse(schema, answer.body);
  if (parsed.success) return parsed.output;
  throw new UnexpectedAnswer(answer, `a body that fits (${parsed.issues[0].message})`);
}

/** The problem, or null where the answer is none. */
export function readProblem(answer: Answer): Problem | null {
  const parsed = v.safeParse(PROBLEM, answer.body);
  return answer.status >= 400 && parsed.success ? parsed.output : null;
}
