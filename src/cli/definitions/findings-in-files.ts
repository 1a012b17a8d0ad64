import { Problem } from '../../client/problem.ts';
import type { DefinitionFile } from './definition-file.ts';

/** Findings about the bodies of definitions, by the files and lines that those came from. */
export function inFiles(problem: Problem, files: readonly DefinitionFile[]): Problem {
  const errors = problem.errors.map((finding) => {
    const [, member, index, ...rest] = finding.path.split('/');
    const file = member === 'models' ? files[Number(index)] : undefined;
    if (!file) return finding;
    const path = rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/')));
    const line = file.lineOf(path);
    const field = path[0] === 'fields' ? file.definition.fields[Number(path[1])]?.name : undefined;
    const within = field === undefined ? path : [field, ...path.slice(2)];
    const place = `${file.path}${line === null ? '' : `:${line}`}`;
    return { ...finding, path: within.length === 0 ? place : `${place}: ${within.join('.')}` };
  });
  const first = errors[0];
  const detail = first === problem.errors[0] || !first ? problem.message : 'the definitions are not valid';
  return new Problem(problem.status, { ...problem.body, detail, errors }, problem.retryAfter);
}
