import { type ChildProcess, spawn } from 'node:child_process';
import { guard } from './guard.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What asks it to end in good order. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  readonly onLine?: (line: string) => void;
}

const KEPT_LINES = 40;
const KILL_AFTER = 10_000;
/** For what is left of the group when the first of it has ended. */
const REST_DEADLINE = 1_000;

/**
 * A child process in a process group of its own, so that Ctrl-C reaches this process alone and the order of
 * stopping is ours. When this process dies without stopping it, the guard does.
 */
export class Child {
  readonly #process: ChildProcess;
  readonly #stopSignal: NodeJS.Signals;
  readonly #lines: string[] = [];
  readonly #release: () => void;
  #ended = false;
  /** Settles when the process is gone and its output is read: a sentence of how it ended. Never rejects. */
  readonly exited: Promise<string>;

  constructor(options: ChildOptions) {
    this.#stopSignal = options.stopSignal;
    this.#process = spawn(options.command, options.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    this.#release = this.pid === undefined ? () => undefined : guard(this.pid, options.stopSignal);
    this.#read(this.#process.stdout, options.onLine);
    this.#read(this.#process.stderr, options.onLine);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ended = true;
        this.#release();
        resolve(how);
      };
      this.#process.once('error', (error) => end(error.message));
      this.#process.once('exit', () => {
        this.#ended = true;
        // Children of its own that outlive it would hold its output open for ever.
        const late = setTimeout(() => this.#killGroup(), REST_DEADLINE);
        this.#process.once('close', () => clearTimeout(late));
      });
      this.#process.once('close', (code, signal) =>
        end(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The last lines that it wrote, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Asks the process to end and waits for it; after ten seconds its group is killed. */
  async stop(): Promise<void> {
    if (this.pid !== undefined && !this.#ended) process.kill(this.pid, this.#stopSignal);
    const late = setTimeout(() => this.#killGroup(), KILL_AFTER);
    await this.exited;
    clearTimeout(late);
  }

  #killGroup(): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
      if (!isGone) throw error;
    }
  }

  #read(stream: NodeJS.ReadableStream | null, onLine: ((line: string) => void) | undefined): void {
    if (stream === null) return;
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#keep(line, onLine);
    });
    stream.on('end', () => {
      if (rest !== '') this.#keep(rest, onLine);
    });
  }

  #keep(line: string, onLine: ((line: string) => void) | undefined): void {
    if (line.trim() === '') return;
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    onLine?.(line);
  }
}
