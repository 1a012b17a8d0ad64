import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

const FORMAT = '{verb} {bar} {percentage} %, {eta_formatted} left';

/** How far a file is, on the standard error of a terminal. */
export class TransferProgress {
  readonly #bar: SingleBar | null;
  readonly #terminal: Terminal;
  readonly #total: number | null;
  readonly #atEnd: string | undefined;
  #done = 0;

  /** `total` is what `add` counts: bytes, or rows as far as they are known. `atEnd` is said once they all went by. */
  constructor(terminal: Terminal, verb: string, total: number | null, atEnd?: string) {
    this.#terminal = terminal;
    this.#total = total;
    this.#atEnd = atEnd;
    const { errorOutput } = terminal;
    const isShown = errorOutput.isTTY && total !== null && total > 0;
    const options = { format: FORMAT, clearOnComplete: true, stream: errorOutput };
    this.#bar = isShown ? new SingleBar(options, Presets.shades_classic) : null;
    this.#bar?.start(total ?? 0, 0, { verb });
  }

  add(count: number): void {
    this.#done += count;
    this.#bar?.update(this.#done);
    if (this.#bar?.isActive && this.#atEnd !== undefined && this.#done === this.#total) {
      this.#bar.stop();
      this.#terminal.note(this.#atEnd);
    }
  }

  end(): void {
    this.#bar?.stop();
  }
}
