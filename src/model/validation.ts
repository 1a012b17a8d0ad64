import type { BaseIssue } from 'valibot';
import { pointer } from '../definition/json-pointer.ts';
import type { Finding } from '../failure.ts';

/** What a record schema found, as findings below `path`. */
export function findingsOf(issues: readonly BaseIssue<unknown>[], path: string): readonly Finding[] {
  return issues.map((issue) => {
    const at = (issue.path ?? []).reduce((to, item) => pointer(to, String(item.key)), path);
    return { path: at, ...describe(issue) };
  });
}

function describe(issue: BaseIssue<unknown>): Omit<Finding, 'path'> {
  if (issue.type === 'never') return { code: 'read_only_field', message: issue.message };
  if (issue.type !== 'strict_object') return { code: 'invalid_value', message: issue.message };
  if (!issue.path) return { code: 'invalid_value', message: 'must be a JSON object' };
  if (issue.expected === 'never') {
    return { code: 'unknown_field', message: 'is no field of this model that can be written; leave it out' };
  }
  return { code: 'required', message: 'is required' };
}
