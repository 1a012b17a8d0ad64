import { Failure } from '../../failure.ts';
import type { Repository } from '../../ports.ts';
import { readDefinitionFile } from '../../webhooks/definition-file.ts';
import { definitionFiles, type Push } from '../../webhooks/github-push.ts';
import type { GitHubWebhooks } from '../edge.ts';

/** Requests to GitHub at once: a Worker may have six under way. */
const AT_ONCE = 5;

const MAX_FILES = 300;

/** What a push says that models are to be. */
export interface PushedDefinitions {
  /** As changes take them; none where the push is not about definitions. */
  readonly models: readonly unknown[];
  /** The files that they were read from. */
  readonly files: readonly string[];
  /** Files that the push took away. */
  readonly removed: readonly string[];
  /** Whether these are all models that there are to be. */
  readonly isWhole: boolean;
}

/**
 * Reads the files that a push changed, at the commit that it led to; all files of the folder where not all that changed
 * since `followed` is named in it, or what is not there is to be dropped. Without a token the push has to carry them.
 */
export async function readPushedDefinitions(
  { repository, folder, prune }: GitHubWebhooks,
  push: Push,
  followed: string | null,
): Promise<PushedDefinitions> {
  const changed = definitionFiles(push.changed, folder);
  const removed = definitionFiles(push.removed, folder);
  if (!repository) {
    if (push.definitions === null && changed.length > 0) {
      throw new Failure(
        'validation_failed',
        `the push changes ${changed[0]}, which cannot be read without GITHUB_TOKEN: set it, or let the push carry "definitions"`,
      );
    }
    return { models: push.definitions ?? [], files: [], removed, isWhole: false };
  }
  const isMissingSome = push.isForced || (followed !== null && followed !== push.before);
  const isWhole = isMissingSome || (prune && changed.length + removed.length > 0);
  const listed = isWhole ? await repository.listFiles(push.repository, folder, push.after) : [];
  const files = [...new Set([...definitionFiles(listed, folder), ...changed])].sort();
  if (files.length > MAX_FILES) {
    throw new Failure(
      'validation_failed',
      `a push may bring ${MAX_FILES} files of definitions, not ${files.length}`,
    );
  }
  return { models: await readAll(repository, push, files), files, removed, isWhole };
}

async function readAll(repository: Repository, push: Push, files: readonly string[]): Promise<unknown[]> {
  const models: unknown[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const read = files.slice(at, at + AT_ONCE).map(async (path) => {
      const text = await repository.readFile(push.repository, path, push.after);
      if (text !== null) return readDefinitionFile(path, text);
      throw new Failure(
        'validation_failed',
        `the file ${path} cannot be read at ${push.after}: it is not there, or empty, or larger than a megabyte, or not for GITHUB_TOKEN to see`,
      );
    });
    models.push(...(await Promise.all(read)).flat());
  }
  return models;
}
