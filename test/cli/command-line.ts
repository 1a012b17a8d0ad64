import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT_TOKEN } from '../stack/answer.ts';

const ENTRY = fileURLToPath(new URL('../../src/cli/remodel.ts', import.meta.url));

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell in a folder of its own, where `remodel` is a command. */
export class CommandLine {
  readonly folder: string;
  readonly #bin: string;

  private constructor(folder: string, bin: string) {
    this.folder = folder;
    this.#bin = bin;
  }

  static async open(): Promise<CommandLine> {
    const root = await mkdtemp(join(tmpdir(), 'remodel-cli-'));
    const [folder, bin] = [join(root, 'project'), join(root, 'bin')];
    await Promise.all([mkdir(folder), mkdir(bin)]);
    const command = join(bin, 'remodel');
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`);
    await chmod(command, 0o755);
    return new CommandLine(folder, bin);
  }

  /** Runs a line of shell. */
  run(line: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const child = spawn('/bin/sh', ['-c', line], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${this.#bin}${delimiter}${process.env['PATH']}`,
        REMODEL_TOKEN: ROOT_TOKEN,
        NODE_COMPILE_CACHE: this.#bin,
        ...environment,
      },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
    return promise;
  }

  /** Runs a command with `--json`; answers the one document that it prints. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a report is what the tests are about.
  async json(line: string): Promise<any> {
    const { stdout } = await this.run(`${line} --json`);
    return JSON.parse(stdout);
  }

  async close(): Promise<void> {
    await rm(join(this.folder, '..'), { recursive: true, force: true });
  }
}
