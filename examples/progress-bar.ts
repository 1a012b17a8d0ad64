import { Presets, SingleBar } from 'cli-progress';

const count = new Intl.NumberFormat('en');

/** How far the rows of a model are: a bar on a terminal, and one line at the end everywhere. */
export class ProgressBar {
  readonly #model: string;
  readonly #rows: number;
  readonly #begin = performance.now();
  readonly #bar: SingleBar | null;
  #done = 0;

  constructor(model: string, rows: number) {
    this.#model = model;
    this.#rows = rows;
    const format = `  ${model.padEnd(14)} {bar} {value}/{total} rows, {eta_formatted} left`;
    this.#bar = process.stdout.isTTY
      ? new SingleBar({ format, clearOnComplete: true, stream: process.stdout }, Presets.shades_classic)
      : null;
    this.#bar?.start(rows, 0);
  }

  add(rows: number): void {
    this.#done += rows;
    this.#bar?.update(this.#done);
  }

  end(): void {
    this.#bar?.stop();
    const seconds = (performance.now() - this.#begin) / 1000;
    const parts = [
      this.#model.padEnd(14),
      `${count.format(this.#done)} of ${count.format(this.#rows)} rows`.padStart(22),
      `${seconds.toFixed(1)} s`.padStart(8),
      `${count.format(Math.round(this.#done / seconds))} rows/s`.padStart(14),
    ];
    console.log(`  ${parts.join(' ')}`);
  }
}
