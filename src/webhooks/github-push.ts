/** What a push event of GitHub says, as far as it is about definitions. Pure. */
import * as v from 'valibot';
import { Failure } from '../failure.ts';

/** A push to a branch. */
export interface Push {
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly defaultBranch: string;
  /** Null for a tag. */
  readonly branch: string | null;
  /** The commits at which the branch was before, and is now. */
  readonly before: string;
  readonly after: string;
  /** Seconds since the epoch, by GitHub's clock: what orders pushes. */
  readonly pushedAt: number;
  readonly isDeleted: boolean;
  /** The branch was set to commits that do not follow those before: not all that differs is named. */
  readonly isForced: boolean;
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** What it carries beside GitHub's own members: definitions, as changes take them. */
  readonly definitions: readonly unknown[] | null;
}

const NO_COMMIT = /^0+$/;
const paths = v.optional(v.nullable(v.array(v.string())), null);

const name = v.pipe(
  v.string(),
  v.check((text) => !text.includes('\0'), 'holds the NUL character'),
);
const commit = v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/)));

const PUSH = v.object({
  ref: name,
  before: commit,
  after: commit,
  deleted: v.optional(v.boolean(), false),
  forced: v.optional(v.boolean(), false),
  repository: v.object({
    full_name: v.pipe(v.string(), v.regex(/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/)),
    default_branch: v.optional(name, 'main'),
    pushed_at: v.optional(v.nullable(v.union([v.number(), v.string()])), null),
  }),
  commits: v.optional(v.array(v.object({ added: paths, modified: paths, removed: paths })), []),
  definitions: v.optional(v.array(v.unknown())),
});

/**
 * Throws `validation_failed` for what is no push event. `digest` of the payload, in hexadecimal, stands for the commit
 * where it names none: it then has to carry its definitions.
 */
export function parsePush(payload: unknown, digest: string): Push {
  const parsed = v.safeParse(PUSH, payload);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = `/${(issue.path ?? []).map(({ key }) => String(key)).join('/')}`;
    const message = `is not what a push event of GitHub has there (${issue.message})`;
    throw new Failure('validation_failed', `${place}: ${message}`, {
      errors: [{ path: place, code: 'invalid_property', message }],
    });
  }
  const {
    ref,
    before = '0'.repeat(40),
    after = digest,
    deleted,
    forced,
    repository,
    commits,
    definitions,
  } = parsed.output;
  if (parsed.output.after === undefined && definitions === undefined) {
    const message = 'names the commit, unless the push carries its definitions';
    throw new Failure('validation_failed', `/after: ${message}`, {
      errors: [{ path: '/after', code: 'invalid_property', message }],
    });
  }
  const changed = new Set<string>();
  const removed = new Set<string>();
  const move = (names: readonly string[] | null, to: Set<string>, from: Set<string>) => {
    for (const name of names ?? []) {
      to.add(name);
      from.delete(name);
    }
  };
  for (const commit of commits) {
    move(commit.removed, removed, changed);
    move(commit.added, changed, removed);
    move(commit.modified, changed, removed);
  }
  return {
    repository: repository.full_name,
    defaultBranch: repository.default_branch,
    branch: /^refs\/heads\/(.+)$/s.exec(ref)?.[1] ?? null,
    before,
    after,
    pushedAt: secondsOf(repository.pushed_at),
    isDeleted: deleted || NO_COMMIT.test(after),
    isForced: forced,
    changed: [...changed],
    removed: [...removed],
    definitions: definitions ?? null,
  };
}

/** A number in the events of pushes, a moment elsewhere; 0 where it is neither: then nothing comes before another. */
function secondsOf(pushedAt: number | string | null): number {
  const seconds = typeof pushedAt === 'string' ? Date.parse(pushedAt) / 1000 : pushedAt;
  return Number.isSafeInteger(Math.floor(seconds ?? 0)) ? Math.floor(seconds ?? 0) : 0;
}

/** Of these the files in a folder that definitions are read from. */
export function definitionFiles(names: readonly string[], folder: string): readonly string[] {
  return names.filter((name) => name.startsWith(`${folder}/`) && /\.(json|ya?ml)$/i.test(name)).sort();
}
