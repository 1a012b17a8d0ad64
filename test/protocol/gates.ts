/** Somebody who acts on the world: an invocation of the migrator, an isolate, a client of SQL. */
export interface Actor {
  /** False once it was killed: it then hears of nothing more. */
  isAlive: boolean;
}

/** Where an actor waits until the schedule lets its wish become true. */
export interface Gate {
  readonly actor: Actor;
  readonly place: 'postgres' | 'redis';
  /** The function of the code, or the statement, that this stands for. */
  readonly at: string;
  /** False while a lock is in the way. */
  canPass(): boolean;
  /** The wish comes true, and the actor hears of it, if it lives. `pick` decides what is open in it. */
  pass(pick: number): void;
  /** The actor hears that its request failed. */
  fail(error: Error): void;
  /** The request never was. */
  vanish(): void;
}

/** Every request that is under way. Between two that pass, nothing happens: each is one atomic act of the world. */
export class Gates {
  readonly #waiting: Gate[] = [];

  get waiting(): readonly Gate[] {
    return this.#waiting;
  }

  get open(): readonly Gate[] {
    return this.#waiting.filter((gate) => gate.canPass());
  }

  of(actor: Actor): readonly Gate[] {
    return this.#waiting.filter((gate) => gate.actor === actor);
  }

  wait<T>(
    request: Pick<Gate, 'actor' | 'place' | 'at'> & { readonly canPass?: () => boolean },
    act: (pick: number) => T,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const gate: Gate = {
      actor: request.actor,
      place: request.place,
      at: request.at,
      canPass: request.canPass ?? (() => true),
      vanish: () => {
        const index = this.#waiting.indexOf(gate);
        if (index >= 0) this.#waiting.splice(index, 1);
      },
      pass: (pick) => {
        gate.vanish();
        try {
          const answer = act(pick);
          if (gate.actor.isAlive) resolve(answer);
        } catch (error) {
          if (gate.actor.isAlive) reject(error);
        }
      },
      fail: (error) => {
        gate.vanish();
        if (gate.actor.isAlive) reject(error);
      },
    };
    this.#waiting.push(gate);
    return promise;
  }
}

/** Everybody has gone on as far as the next gate. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
