import { type Finding, Problem } from '../client/problem.ts';
import { describeChecks } from './plan/describe-checks.ts';
import { Stopped } from './stopped.ts';

/** What went wrong, for people and for scripts. */
export interface ShownError {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What to do about problems whose own words are for programs. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthorized: 'Look at the token in the environment (REMODEL_TOKEN).',
  insufficient_scope: 'Take a key with the scope that it needs, or the root token.',
  unknown_workspace:
    '`remodel workspaces list` shows those that are there; `remodel workspaces create` makes one.',
  unknown_model: '`remodel status` shows the models that are there.',
  route_not_found: 'The server may be of an older version than this command.',
  plan_changed: 'Somebody was quicker: look at the new plan by `remodel plan`.',
};

/** Whatever was thrown, as sentences. Never a stack. */
export function showError(error: unknown): ShownError {
  if (error instanceof Problem) return showProblem(error);
  if (error instanceof Stopped) return shown(error.code, error.message);
  const message = error instanceof Error ? error.message : String(error);
  return shown('unexpected', `This should not happen: ${message}. REMODEL_DEBUG=1 shows where it did.`);
}

function shown(code: string, message: string): ShownError {
  return { text: message, json: { error: { code, message } } };
}

function showProblem(problem: Problem): ShownError {
  const { code, message, errors, body, retryAfter } = problem;
  const findings = errors.filter((finding) => !message.endsWith(finding.message) || errors.length > 1);
  const lines = [
    sentence(message),
    ...findings.map((finding) => `  ${placeOf(finding)}${finding.message}`),
    ...describeChecks(Array.isArray(body['checks']) ? body['checks'] : []).map((line) => `  ${line}`),
    ...remediesOf(body).map((line) => `  ${line}`),
    ...(retryAfter === null ? [] : [`Try again in ${retryAfter} s.`]),
    ...(ADVICE[code] === undefined ? [] : [ADVICE[code]]),
  ];
  const { status } = problem;
  return { text: lines.join('\n'), json: { error: { ...body, code, status, message } } };
}

/** What to run, where the server knows. */
function remediesOf({ remedies }: Problem['body']): readonly string[] {
  return Array.isArray(remedies) ? remedies.map(String) : [];
}

function placeOf(finding: Finding): string {
  const { line } = { line: undefined, ...finding };
  const at = line === undefined ? '' : `line ${String(line)}: `;
  return `${at}${finding.path === '' ? '' : `${finding.path}: `}`;
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
