import type { Remedy } from './sources.ts';

/** One reason for which rows were refused. */
export interface Refusal {
  readonly model: string;
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly sample: unknown;
  readonly remedy: Remedy | 'nothing';
  readonly rows: number;
}

/** What the system did not take, by reason. */
export class Refusals {
  readonly #byReason = new Map<string, Refusal>();

  note(refusal: Omit<Refusal, 'rows'>): void {
    const reason = `${refusal.model}.${refusal.field} ${refusal.code} ${refusal.remedy}`;
    const rows = (this.#byReason.get(reason)?.rows ?? 0) + 1;
    this.#byReason.set(reason, { ...refusal, ...this.#byReason.get(reason), rows });
  }

  all(): readonly Refusal[] {
    return [...this.#byReason.values()];
  }
}
