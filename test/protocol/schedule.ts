import fc from 'fast-check';
import { CHANGE_KINDS, type ChangeKind } from './changes.ts';
import type { Rules } from './rules.ts';
import { pickOf, World } from './world.ts';

/** One thing that happens. `pick` chooses among what is there; where there is nothing, nothing happens. */
export type Move =
  /** Somebody who waits goes on, by so many acts. */
  | { readonly move: 'go'; readonly pick: number; readonly acts: number }
  | { readonly move: 'change'; readonly kind: ChangeKind; readonly isNudged: boolean }
  | { readonly move: 'cancel' | 'deliver' | 'double' | 'lose' | 'giveUp' | 'cut'; readonly pick: number }
  | { readonly move: 'kill'; readonly pick: number; readonly side: 'before' | 'after' | 'late' }
  | { readonly move: 'read' | 'write'; readonly isolate: number; readonly pick: number }
  | { readonly move: 'restart'; readonly isolate: number }
  | { readonly move: 'sweep' | 'advance' | 'replicate' | 'emptyRedis' | 'transaction' };

const pick = fc.nat({ max: 1000 });
const isolate = fc.nat({ max: 1 });

const MOVE: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      move: fc.constant('go' as const),
      pick,
      acts: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      move: fc.constant('change' as const),
      kind: fc.constantFrom(...CHANGE_KINDS),
      isNudged: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ move: fc.constant('deliver' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constantFrom(
        'cancel' as const,
        'double' as const,
        'lose' as const,
        'giveUp' as const,
        'cut' as const,
      ),
      pick,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constant('kill' as const),
      pick,
      side: fc.constantFrom('before' as const, 'after' as const, 'late' as const),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({ move: fc.constantFrom('read' as const, 'write' as const), isolate, pick }),
  },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('restart' as const), isolate }) },
  {
    weight: 5,
    arbitrary: fc.record({
      move: fc.constantFrom('sweep' as const, 'advance' as const, 'advance' as const, 'replicate' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ move: fc.constantFrom('emptyRedis' as const, 'transaction' as const) }),
  },
);

export const SCHEDULE = fc.array(MOVE, { minLength: 1, maxLength: 80, size: 'max' });

/** Plays a schedule, then lets everything come to rest. Throws a `Violation` where a statement does not hold. */
export async function play(schedule: readonly Move[], rules: Rules): Promise<void> {
  const world = new World(rules);
  for (const move of schedule) await make(world, move);
  await world.comeToRest();
}

async function make(world: World, move: Move): Promise<void> {
  switch (move.move) {
    case 'go': {
      const gate = pickOf(world.gates.open, move.pick);
      if (!gate) return;
      await world.pass(gate, move.pick);
      for (let n = 1; n < move.acts; n++) {
        const next = world.gates.of(gate.actor).find((g) => g.canPass());
        if (!next) return;
        await world.pass(next, move.pick);
      }
      return;
    }
    case 'change':
      return world.change(move.kind, move.isNudged);
    case 'cancel': {
      const change = pickOf(
        world.postgres.changes.filter(
          ({ status, committed }) => !committed && (status === 'queued' || status === 'running'),
        ),
        move.pick,
      );
      if (change) change.cancelRequested = true;
      return;
    }
    case 'deliver': {
      const message = pickOf(world.queue.due, move.pick);
      return message && world.deliver(message);
    }
    case 'double': {
      const message = pickOf(world.queue.messages, move.pick);
      if (message) world.queue.messages.push(message);
      return;
    }
    case 'lose': {
      const message = pickOf(world.queue.messages, move.pick);
      if (message) world.queue.remove(message);
      return;
    }
    case 'giveUp': {
      const message = pickOf(world.queue.messages, move.pick);
      if (message) world.queue.giveUp(message);
      return;
    }
    case 'kill': {
      const runner = pickOf([...world.runners], move.pick);
      return runner && world.kill(runner, move.side, move.pick);
    }
    case 'cut': {
      const runner = pickOf([...world.runners], move.pick);
      return runner && world.cut(runner);
    }
    case 'read':
    case 'write': {
      const isolate = world.isolates[move.isolate];
      const id = move.pick % 5;
      if (!isolate) return;
      return world.request(isolate, () =>
        move.move === 'read' ? isolate.read(id) : isolate.write(id, move.pick),
      );
    }
    case 'restart':
      return world.restart(move.isolate);
    case 'sweep':
      return world.sweep();
    case 'advance':
      return world.advance();
    case 'replicate':
      return world.redis.replicate();
    case 'transaction':
      return world.transaction();
    case 'emptyRedis':
      return world.emptyRedis();
  }
}
