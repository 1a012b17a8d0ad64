import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

const FORMAT = '{verb} {bar} {percentage} %, {eta_formatted} left';

/** How far a file is, on the standard error of a terminal. */
export class TransferProgress {
  readonly #bar: SingleBar | null;
  #done = 0;

  /** `total` is what `add` counts: bytes, or rows as far as they are known. */
  constructor(terminal: Terminal, verb: string, total: number | null) {
    const { errorOutput } = terminal;
    const isShown = errorOutput.isTTY && total !== null && total > 0;
    const options = { format: FORMAT, clearOnComplete: true, stream: errorOutput };
    this.#bar = isShown ? new SingleBar(options, Presets.shades_classic) : null;
    this.#bar?.start(total ?? 0, 0, { verb });
  }

  add(count: number): void {
    this.#done += count;
    this.#bar?.update(this.#done);
  }

  end(): void {
    this.#bar?.stop();
  }
}
