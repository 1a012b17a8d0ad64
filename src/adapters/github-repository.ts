import { Buffer } from 'node:buffer';
import { type Repository, RepositoryUnavailable } from '../ports.ts';

/** GitHub waits ten seconds for the answer to a push, which takes several of these. */
const TIMEOUT_MS = 4000;

const MAX_DEPTH = 5;

/** Repositories on GitHub by its contents API, with a token that may read them. `url` is that of the API. */
export function githubRepository(url: string, token: string): Repository {
  const ask = async (repository: string, path: string, commit: string): Promise<unknown> => {
    const steps = path.split('/').map(encodeURIComponent).join('/');
    const address = `${url.replace(/\/+$/, '')}/repos/${repository}/contents/${steps}?ref=${commit}`;
    const response = await fetch(address, {
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: `Bearer ${token}`,
        'User-Agent': 'remodel',
        'X-GitHub-Api-Version': '2022-11-28',
      },
      // A token is for this server alone.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(unanswered);
    if (response.ok) return response.json().catch(unanswered);
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw new RepositoryUnavailable(
      `GitHub answered ${response.status} to ${repository}/${path}: see that GITHUB_TOKEN may read its contents, then deliver the push again`,
    );
  };
  const listFiles = async (repository: string, folder: string, commit: string, depth: number) => {
    const entries = await ask(repository, folder, commit);
    const paths: string[] = [];
    for (const { type, path } of Array.isArray(entries) ? entries.filter(isEntry) : []) {
      if (type === 'file') paths.push(path);
      if (type === 'dir' && depth < MAX_DEPTH) {
        paths.push(...(await listFiles(repository, path, commit, depth + 1)));
      }
    }
    return paths;
  };
  return {
    async readFile(repository, path, commit) {
      const file = await ask(repository, path, commit);
      if (typeof file !== 'object' || file === null || !('content' in file)) return null;
      const { content } = file;
      // Larger than a megabyte, it comes without its content.
      return typeof content === 'string' && content !== '' ? Buffer.from(content, 'base64').toString() : null;
    },
    listFiles: (repository, folder, commit) => listFiles(repository, folder, commit, 1),
  };
}

function unanswered(error: unknown): never {
  throw new RepositoryUnavailable('GitHub did not answer as it should: deliver the push again', {
    cause: error,
  });
}

function isEntry(entry: unknown): entry is { readonly type: string; readonly path: string } {
  if (typeof entry !== 'object' || entry === null || !('type' in entry) || !('path' in entry)) return false;
  return typeof entry.type === 'string' && typeof entry.path === 'string';
}
