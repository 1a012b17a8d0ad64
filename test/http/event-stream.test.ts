import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Edge, EdgeEnv } from '../../src/http/edge.ts';
import { type EventStream, streamEvents } from '../../src/http/event-stream.ts';

/** Time goes by while the stream sleeps, and only then. */
const sleeps: number[] = [];
const sleep = async (milliseconds: number) => {
  sleeps.push(milliseconds);
  vi.setSystemTime(Date.now() + milliseconds);
};
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  sleeps.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** All that a stream sends, until it ends. */
async function sent(more: Partial<EventStream>): Promise<string> {
  const events: EventStream = {
    firstPauseMs: 1000,
    maxTurns: 1000,
    turn: async () => 'nothing',
    heartbeat: () => ': still here\n\n',
    ...more,
  };
  const app = new Hono<EdgeEnv>().get('/', (c) => streamEvents(c, events));
  const edge: Pick<Edge, 'sleep'> = { sleep };
  const response = await app.request('/', {}, { edge: edge as Edge });
  return response.text();
}

describe('a stream of events', () => {
  test('that brings nothing says so every quarter of a minute, and ends after some, to be opened again', async () => {
    const text = await sent({});
    expect(text.startsWith('retry: 1000\n\n')).toBe(true);
    const length = sleeps.reduce((sum, one) => sum + one, 0);
    expect(length).toBeGreaterThan(230_000);
    expect(length).toBeLessThanOrEqual(240_000);
    const beats = text.split(': still here').length - 1;
    expect(beats).toBeGreaterThan(12);
    expect(beats).toBeLessThanOrEqual(16);
    expect(Math.max(...sleeps)).toBeLessThanOrEqual(2500);
  });

  test('asks often while something comes, and at once where there is more', async () => {
    const outcomes = ['sent', 'more', 'more', 'nothing', 'nothing', 'sent', 'end'] as const;
    let n = 0;
    const text = await sent({
      turn: async (send) => {
        const outcome = outcomes[n] ?? 'end';
        n += 1;
        if (outcome === 'sent') await send(`data: ${n}\n\n`);
        return outcome;
      },
    });
    expect(text).toBe('retry: 1000\n\ndata: 1\n\ndata: 6\n\n');
    expect(sleeps).toEqual([1000, 1000, 1500, 1000]);
  });

  test('ends after so many turns', async () => {
    let turns = 0;
    await sent({
      maxTurns: 5,
      turn: async () => {
        turns += 1;
        return 'more';
      },
    });
    expect(turns).toBe(5);
  });
});
