import { type FoundConfig, isServerUrl } from './config.ts';
import { Stopped } from './stopped.ts';
import type { Terminal } from './terminal.ts';

/** A workspace of a server, and the token that opens it. */
export interface Target {
  readonly url: string;
  readonly workspace: string;
  readonly token: string;
}

/** What options say of the target. */
export interface TargetOptions {
  readonly target?: string | undefined;
  readonly url?: string | undefined;
  readonly workspace?: string | undefined;
}

/** Where a command is to go: what options say goes before the target that they name, and that before the file. */
export function resolveTarget(found: FoundConfig, options: TargetOptions, terminal: Terminal): Target {
  const { config } = found;
  const named = options.target === undefined ? {} : readTarget(found, options.target);
  const url = options.url ?? named.url ?? config.url;
  const workspace = options.workspace ?? named.workspace ?? config.workspace;
  if (url === undefined) {
    throw new Stopped('no_config', 'no server is named: run `remodel init`, or give --url');
  }
  if (!isServerUrl(url)) {
    throw new Stopped('invalid_url', `${url} is not the address of a server: https://api.example.org`);
  }
  if (!/^[a-z][a-z0-9-]*$/.test(workspace)) {
    throw new Stopped('invalid_workspace', `${workspace} is not the slug of a workspace, such as main`);
  }
  const variable = named.tokenVariable ?? config.tokenVariable;
  const token = terminal.environment[variable];
  if (!token) {
    const message = `there is no token: put it into the environment variable ${variable}`;
    throw new Stopped('no_token', message);
  }
  // What a header cannot hold would be quoted by whoever refuses it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Stopped(
      'invalid_token',
      `${variable} holds what no token does, such as a space or the end of a line`,
    );
  }
  return { url: url.replace(/\/$/, ''), workspace, token };
}

/** A target as people name it. */
export function nameTarget({ url, workspace }: Pick<Target, 'url' | 'workspace'>): string {
  return `${url}#${workspace}`;
}

function readTarget(
  { config }: FoundConfig,
  text: string,
): { readonly url?: string; readonly workspace?: string; readonly tokenVariable?: string } {
  const known = config.targets[text];
  if (known) {
    return {
      ...(known.url === undefined ? {} : { url: known.url }),
      ...(known.workspace === undefined ? {} : { workspace: known.workspace }),
      ...(known.tokenVariable === undefined ? {} : { tokenVariable: known.tokenVariable }),
    };
  }
  const [url = '', workspace] = text.split('#', 2);
  if (isServerUrl(url) && workspace) return { url, workspace };
  const names = Object.keys(config.targets);
  const list = names.length === 0 ? 'the configuration names none' : `known are ${names.join(', ')}`;
  const message = `there is no target ${text}: ${list}; or write one as URL#WORKSPACE`;
  throw new Stopped('unlisttarget', message);
}
