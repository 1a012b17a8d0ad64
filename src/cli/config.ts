import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { Stopped } from './stopped.ts';

/** Looked for in the present folder, in this order. */
const CONFIG_NAMES = ['remodel.yaml', 'remodel.yml', 'remodel.json'] as const;

const URL_TEXT = v.pipe(
  v.string(),
  v.check(isServerUrl, 'must be the address of a server: https://api.example.org'),
);
const SLUG = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, 'must be the slug of a workspace, such as main'),
);
const VARIABLE = v.pipe(
  v.string(),
  v.regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable, such as REMODEL_TOKEN'),
);

const TARGET = v.strictObject({
  url: v.optional(URL_TEXT),
  workspace: v.optional(SLUG),
  tokenVariable: v.optional(VARIABLE),
});

const CONFIG = v.strictObject({
  url: URL_TEXT,
  workspace: v.optional(SLUG, 'main'),
  folder: v.optional(v.string(), 'definitions'),
  format: v.optional(v.picklist(['yaml', 'json'], 'must be yaml or json'), 'yaml'),
  tokenVariable: v.optional(VARIABLE, 'REMODEL_TOKEN'),
  targets: v.optional(v.record(v.string(), TARGET), {}),
});

/** Which server and workspace the definitions of a folder are for. A token is never part of it. */
export type Config = v.InferOutput<typeof CONFIG>;

/** What is assumed where there is no file: `url` has to come from elsewhere. */
export const NO_CONFIG: Omit<Config, 'url'> & { readonly url?: string } = {
  workspace: 'main',
  folder: 'definitions',
  format: 'yaml',
  tokenVariable: 'REMODEL_TOKEN',
  targets: {},
};

/** A configuration, and the folder that its paths are relative to. */
export interface FoundConfig {
  readonly config: typeof NO_CONFIG;
  readonly root: string;
}

export function isServerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
}

/** The file that is named, or the one of the present folder; without one, what is assumed. */
export async function readConfig(named: string | undefined): Promise<FoundConfig> {
  for (const path of named === undefined ? CONFIG_NAMES : [named]) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && named === undefined) return null;
      throw new Stopped('no_config', `${path} cannot be read: ${error.message}`, error);
    });
    if (text !== null) return { config: parseConfig(path, text), root: dirname(resolve(path)) };
  }
  return { config: NO_CONFIG, root: process.cwd() };
}

/** The configuration file of a folder; null where there is none. */
export async function findConfig(folder: string): Promise<string | null> {
  for (const name of CONFIG_NAMES) {
    const isThere = await readFile(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (isThere) return name;
  }
  return null;
}

function parseConfig(path: string, text: string): Config {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new Stopped('invalid_config', `${path}: ${error.message}`, error);
  const parsed = v.safeParse(CONFIG, document.toJS());
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? 'the file';
  const what =
    /token$/.test(where) && issue.expected === 'never'
      ? 'a token has no place in a file: put it into the environment variable REMODEL_TOKEN'
      : issue.expected === 'never'
        ? 'is not known; leave it out'
        : issue.message;
  throw new Stopped('invalid_config', `${path}: ${where}: ${what}`);
}
