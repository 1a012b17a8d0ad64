import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Requests that are sent over a number of connections, each waiting for its answer before the next. */
export interface Load {
  readonly url: string;
  readonly method: string;
  /** Taken in turn. */
  readonly paths: readonly string[];
  readonly bodies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** What every answer must have. */
  readonly status: number;
  readonly connections: number;
  readonly until:
    | { readonly kind: 'seconds'; readonly seconds: number }
    | { readonly kind: 'requests'; readonly requests: number };
}

export interface LoadResult {
  readonly seconds: number;
  /** Of the generator itself. */
  readonly cpuMilliseconds: number;
  /** From sending to the end of the answer, of each request. */
  readonly milliseconds: readonly number[];
  readonly failures: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Generates load in another process. */
export class LoadGenerator {
  readonly #process: ChildProcess = fork(PROGRAM);
  readonly #gone = once(this.#process, 'exit').then(() => [{ error: 'the load generator ended' }]);

  /** Throws where an answer was not the one that was wanted: then there is nothing to measure. */
  async run(load: Load): Promise<LoadResult> {
    this.#process.send(load);
    const [result]: readonly (LoadResult | { readonly error: string })[] = await Promise.race([
      once(this.#process, 'message'),
      this.#gone,
    ]);
    if (!result || 'error' in result) throw new Error(`No load: ${result?.error}`);
    const [failure] = result.failures;
    if (failure !== undefined)
      throw new Error(`${result.failures.length} answers were wrong, one: ${failure}`);
    return result;
  }

  stop(): void {
    this.#process.disconnect();
  }
}
