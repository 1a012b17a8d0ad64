import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import pc from 'picocolors';
import type { ExitCode } from './exit-code.ts';
import { EXIT } from './exit-code.ts';

type Colors = ReturnType<typeof pc.createColors>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Where a command runs: results go to the standard output, all else to the standard error. */
export class Terminal {
  readonly environment: Environment;
  readonly colors: Colors;
  readonly errorColors: Colors;
  /** Of the standard output; files and pipes are as wide as they need to be. */
  readonly columns: number | undefined;
  exitCode: ExitCode = EXIT.done;
  readonly #process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.#process = process;
    // Whoever reads has read enough: `remodel types | head`.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(this.exitCode);
    });
    this.environment = process.env;
    this.colors = pc.createColors(takesColor(process.stdout, process));
    this.errorColors = pc.createColors(takesColor(process.stderr, process));
    this.columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  }

  /** The result of a command. */
  print(text: string): void {
    this.#process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** What a person may want to know, and no script reads. */
  note(text: string): void {
    this.#process.stderr.write(`${text}\n`);
  }

  get input(): NodeJS.ReadStream {
    return this.#process.stdin;
  }

  get output(): NodeJS.WriteStream {
    return this.#process.stdout;
  }

  get errorOutput(): NodeJS.WriteStream {
    return this.#process.stderr;
  }

  /** Whether there is somebody to ask. */
  get isInteractive(): boolean {
    return this.#process.stdin.isTTY === true && this.#process.stderr.isTTY === true;
  }

  /** Asks for yes or no. Whoever says nothing gets what stands in capitals. */
  async ask(question: string, preset: boolean): Promise<boolean> {
    const prompt = createInterface({ input: this.#process.stdin, output: this.#process.stderr });
    try {
      const answer = await prompt.question(`${question} ${preset ? '(Y/n)' : '(y/N)'} `);
      return answer.trim() === '' ? preset : /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      // Ctrl-C or Ctrl-D instead of an answer.
      if (error instanceof Error && error.name === 'AbortError') return false;
      throw error;
    } finally {
      prompt.close();
    }
  }
}

/** Colours are for terminals; https://no-color.org, and `--no-color`, take them away. */
function takesColor(stream: WriteStream, { argv, env }: NodeJS.Process): boolean {
  if (argv.includes('--no-color') || env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
