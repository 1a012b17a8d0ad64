import fc from 'fast-check';
import { expect } from 'vitest';
import type { ModelSystem } from './model-system.ts';
import { POINTS, type Point } from './points.ts';
import type { RealSystem } from './real-system.ts';

type Kind = 'rename' | 'add' | 'retype';

/** One thing that happens to both. */
export type Move =
  | { readonly move: 'change'; readonly kind: Kind }
  | { readonly move: 'kill'; readonly at: string; readonly side: 'before' | 'after' }
  | { readonly move: 'overtake'; readonly at: string }
  | { readonly move: 'read'; readonly isolate: number; readonly id: number; readonly isStale: boolean }
  | { readonly move: 'write'; readonly isolate: number; readonly id: number; readonly value: number }
  | { readonly move: 'restart'; readonly isolate: number }
  | { readonly move: 'deliver' | 'cancel' | 'passGrace' | 'replicate' | 'loseRedis' };

const isolate = fc.nat({ max: 1 });
const id = fc.integer({ min: 1, max: 4 });

/** What goes on meanwhile. */
const MEANWHILE: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof<fc.Arbitrary<Move>[]>(
    fc.record({ move: fc.constant('read' as const), isolate, id, isStale: fc.boolean() }),
    fc.record({ move: fc.constant('write' as const), isolate, id, value: fc.nat({ max: 999 }) }),
    fc.record({ move: fc.constant('restart' as const), isolate }),
    fc.record({ move: fc.constantFrom('deliver' as const, 'replicate' as const, 'loseRedis' as const) }),
  ),
  { maxLength: 3 },
);

const ALWAYS = ['prepareChange', 'publishChange', 'MSET', 'EVAL', 'announce'];

/** Where a change of each kind can be killed on its way to be published. */
const POINTS_OF: { readonly [K in Kind]: readonly string[] } = {
  rename: ALWAYS,
  add: [...ALWAYS, 'runStep expand'],
  retype: [...ALWAYS, 'runStep expand', 'runBatch'],
};

function killAt(...points: readonly string[]): fc.Arbitrary<Move> {
  const at = fc.constantFrom(...points);
  return fc.oneof<fc.Arbitrary<Move>[]>(
    fc.record({
      move: fc.constant('kill' as const),
      at,
      side: fc.constantFrom('before' as const, 'after' as const),
    }),
    fc.record({ move: fc.constant('overtake' as const), at }),
  );
}

const just = (move: 'deliver' | 'cancel' | 'passGrace') => fc.constant<Move>({ move });

/** A change that is disturbed twice on its way, perhaps cancelled, and once more in its contract. */
const LIFE: fc.Arbitrary<readonly Move[]> = fc.constantFrom<Kind>('rename', 'add', 'retype').chain((kind) => {
  const disturbed = killAt(...POINTS_OF[kind]);
  return fc
    .tuple(
      fc.constant<readonly Move[]>([{ move: 'change', kind }]),
      MEANWHILE,
      disturbed.map((move) => [move]),
      MEANWHILE,
      fc.oneof(
        disturbed.map((move) => [move]),
        fc.tuple(just('cancel'), killAt('undoStep transaction')),
      ),
      just('deliver').map((move) => [move]),
      MEANWHILE,
      fc.tuple(just('passGrace'), killAt('runStep contract'), just('deliver')),
      MEANWHILE,
    )
    .map((parts) => parts.flat());
});

export const SCHEDULE = fc.array(LIFE, { minLength: 1, maxLength: 2 }).map((lives) => lives.flat());

/** Lets the same happen to both, and compares what is seen of it. */
export async function replay(model: ModelSystem, real: RealSystem, move: Move): Promise<void> {
  switch (move.move) {
    case 'change': {
      // One at a time: what is asked for is worked out at the edge on what waits, which is not modelled.
      if (!model.isIdle) return;
      const { name, type } = model.field;
      await real.submit(move.kind, model.nextSeq, name, type);
      return model.submit(move.kind);
    }
    case 'kill': {
      const kill = { point: pointAt(move.at), side: move.side };
      expect(await real.deliver(kill)).toBe(await model.deliver(kill));
      return;
    }
    case 'overtake': {
      const point = pointAt(move.at);
      expect(await real.overtake(point)).toBe(await model.overtake(point));
      return;
    }
    case 'deliver':
      await real.deliver(null);
      await model.deliver(null);
      return;
    case 'read': {
      const answer = await model.read(move.isolate, move.id, move.isStale);
      const expected = answer && {
        hash: await real.hashOf(answer.version),
        name: answer.name,
        value: answer.value,
      };
      expect(await real.read(move.isolate, move.id, move.isStale)).toEqual(expected);
      return;
    }
    case 'write': {
      const { name, type } = model.field;
      await real.write(move.isolate, move.id, name, type === 'text' ? String(move.value) : move.value);
      return model.write(move.isolate, move.id, move.value);
    }
    case 'restart':
      await real.restart(move.isolate);
      return model.restart(move.isolate);
    case 'cancel':
      await real.cancel();
      return model.cancel();
    case 'passGrace':
      await real.passGrace();
      return model.passGrace();
    case 'replicate':
      await real.replicate();
      return model.replicate();
    case 'loseRedis':
      await real.emptyRedis();
      await model.emptyRedis();
      expect(await real.sweep()).toBe(await model.sweep());
      return;
  }
}

function pointAt(name: string): Point {
  const point = POINTS.find((one) => one.at === name);
  if (!point) throw new TypeError(`no point ${name}`);
  return point;
}
