import type { ChangeQueue, Nudge } from '../../src/ports.ts';

export interface Message {
  readonly nudge: Nudge;
  readonly dueAt: number;
  /** It failed too often, and went to the dead-letter queue. */
  readonly isDead: boolean;
}

/** Keeps messages until the schedule delivers, doubles or loses them; in no order. */
export class SimulatedQueue implements ChangeQueue {
  readonly messages: Message[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async send(nudge: Nudge, delaySeconds = 0): Promise<void> {
    this.messages.push({ nudge, dueAt: this.#now() + delaySeconds * 1000, isDead: false });
  }

  get due(): readonly Message[] {
    return this.messages.filter((message) => message.dueAt <= this.#now());
  }

  remove(message: Message): void {
    const index = this.messages.indexOf(message);
    if (index >= 0) this.messages.splice(index, 1);
  }

  /** `message.retry`: at least once means that it comes again. */
  retry(message: Message): void {
    this.messages.push({ ...message, dueAt: this.#now() + 1000 });
  }

  giveUp(message: Message): void {
    this.remove(message);
    this.messages.push({ ...message, isDead: true });
  }
}
