import { Presets, SingleBar } from 'cli-progress';
import type { Change } from '../client/changes.ts';
import type { Terminal } from './terminal.ts';

/** How far a change is, on the standard error: a bar on a terminal, elsewhere a line for each status. */
export class ChangeProgress {
  readonly #terminal: Terminal;
  readonly #bar: SingleBar | null;
  #status: Change['status'] | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    const { errorOutput } = terminal;
    const options = {
      format: '{status} {bar} {what}',
      clearOnComplete: true,
      stream: errorOutput,
      barsize: 20,
    };
    this.#bar = errorOutput.isTTY ? new SingleBar(options, Presets.shades_classic) : null;
    this.#bar?.start(1, 0, { status: 'queued'.padEnd(9), what: '' });
  }

  show(change: Change): void {
    const { status, progress } = change;
    const { step, steps, rows, rowsTotal } = progress;
    const [value, total] = rowsTotal > 0 && status === 'running' ? [rows, rowsTotal] : [step, steps];
    this.#bar?.setTotal(Math.max(total, 1));
    this.#bar?.update(value, { status: status.padEnd(9), what: briefProgress(change) });
    if (this.#bar === null && status !== this.#status) {
      this.#terminal.note(`change ${change.id}: ${status}, ${describeProgress(change)}`);
    }
    this.#status = status;
  }

  end(): void {
    this.#bar?.stop();
  }
}

/** The same in the room that a bar leaves. */
function briefProgress({ progress, waitingFor }: Change): string {
  const { step, steps, rows, rowsTotal, rowsPerSecond, eta } = progress;
  const until = eta ?? waitingFor?.['until'];
  return [
    `${step}/${steps}`,
    ...(rowsTotal > 0 ? [`${rows.toLocaleString('en')}/${rowsTotal.toLocaleString('en')} rows`] : []),
    ...(rowsPerSecond === null || eta === null ? [] : [`${rowsPerSecond.toLocaleString('en')}/s`]),
    ...(until === undefined ? [] : [`${eta === null ? 'waiting ' : ''}until ${until.slice(11, 19)}`]),
  ].join('  ');
}

/** How far a change is, in words. */
export function describeProgress({ progress, waitingFor }: Change): string {
  const { step, steps, rows, rowsTotal, rowsPerSecond, eta } = progress;
  const { until, change, transactionSince } = waitingFor ?? {};
  const waiting =
    change === undefined
      ? transactionSince === undefined
        ? 'waiting for requests that use the model before'
        : `waiting for a transaction that is open since ${transactionSince}`
      : `waiting for change ${change}`;
  return [
    `step ${step} of ${steps}`,
    ...(rowsTotal > 0 ? [`${rows.toLocaleString('en')} of ${rowsTotal.toLocaleString('en')} rows`] : []),
    ...(rowsPerSecond === null ? [] : [`${rowsPerSecond.toLocaleString('en')} rows/s`]),
    ...(eta === null ? [] : [`through at ${eta.slice(11, 19)} UTC`]),
    ...(until === undefined ? [] : [`${waiting}, until ${until.slice(11, 19)} UTC`]),
  ].join(', ');
}
