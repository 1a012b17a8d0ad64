import { join } from 'node:path';
import type { ServerOptions } from './command.ts';
import { type FoundConfig, readConfig } from './config.ts';
import { DefinitionFolder } from './definitions/definition-folder.ts';
import { Server } from './server.ts';
import { resolveTarget } from './target.ts';
import type { Terminal } from './terminal.ts';

/** One run of a command: its terminal, its configuration, and the server that it talks to. */
export class Session {
  readonly terminal: Terminal;
  readonly folder: DefinitionFolder;
  readonly isJson: boolean;
  readonly #found: FoundConfig;
  readonly #options: ServerOptions;
  #server: Server | undefined;

  private constructor(terminal: Terminal, found: FoundConfig, options: ServerOptions) {
    this.terminal = terminal;
    this.#found = found;
    this.#options = options;
    this.isJson = options.json === true;
    this.folder = new DefinitionFolder(join(found.root, found.config.folder), found.config.format);
  }

  static async open(terminal: Terminal, options: ServerOptions): Promise<Session> {
    return new Session(terminal, await readConfig(options.config), options);
  }

  /** The server that options and configuration name. */
  get server(): Server {
    this.#server ??= new Server(resolveTarget(this.#found, this.#options, this.terminal));
    return this.#server;
  }

  /** The server of another target. */
  serverOf(target: string): Server {
    return new Server(resolveTarget(this.#found, { target }, this.terminal));
  }

  /** The result: as JSON where that is asked for, else in words. */
  report(value: unknown, words: () => string): void {
    this.terminal.print(this.isJson ? JSON.stringify(value, null, 2) : words());
  }
}
