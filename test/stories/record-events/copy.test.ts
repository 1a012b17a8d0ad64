import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, ended, operations, putModel } from '../../stack/changes.ts';
import { nextEvent, readEvents } from '../../stack/events.ts';
import { hashOf } from '../../stack/model-hash.ts';
import { type System, startSystem } from '../../stack/system.ts';

type Copy = Map<string, unknown>;

const RECORDS = '/v1/main/records/entry';

let system: System;
beforeAll(async () => {
  system = await startSystem({ isolates: 2 });
  await putModel(system.edge, 'kind', { key: 'text', fields: [] });
  await putModel(system.edge, 'entry', {
    key: 'text',
    fields: [
      { name: 'count', type: 'integer' },
      { name: 'kinds', type: 'references', to: 'kind' },
    ],
  });
});
afterAll(() => system.stop());

/** What a client knows who reads the list once and follows the feed. */
class Follower {
  copy: Copy = new Map();
  #hash = '';
  #last = '';
  /** How often the list was read. */
  lists = 0;

  /** Follows until a record comes, or for so many events. Answers whether it came. */
  async follow(until: string, atMost: number): Promise<boolean> {
    const controller = new AbortController();
    const headers = this.#last === '' ? undefined : { 'Last-Event-ID': this.#last };
    const isolate = system.isolates[1] ?? system.edge;
    const events = readEvents(await isolate.open(`${RECORDS}/events`, headers, controller.signal));
    try {
      for (let n = 0; n < atMost; n++) {
        const { id, event, data } = await nextEvent(events, () => true);
        this.#last = id;
        if (event === 'model') await this.#readList(data.hash);
        else if (event === 'delete') this.copy.delete(data.id);
        else this.copy.set(data.id, data.record);
        if (data.id === until) return true;
      }
      return false;
    } finally {
      controller.abort();
    }
  }

  async #readList(hash: string): Promise<void> {
    if (hash === this.#hash) return;
    const list = await system.edge.get(`${RECORDS}?limit=1000`);
    this.copy = copyOf(list.body.data);
    this.#hash = hashOf(list, 'entry');
    this.lists += 1;
  }
}

const copyOf = (records: readonly { readonly id: string }[]): Copy =>
  new Map(records.map((record) => [record.id, record]));

/** Writes records, whatever the model has become: none of them often, so that whoever misses a write never hears of it. */
async function write(writer: string, isOver: () => boolean): Promise<void> {
  const kinds = ['a', 'b', 'c'];
  const send = async (method: string, path: string, body?: object) => {
    const { status } = await system.edge.request(method, `/v1/main/records/${path}`, body);
    // What the other writer deletes is not there, or changed, or not to be referred to.
    expect([200, 201, 204, 404, 409, 412]).toContain(status);
  };
  // What came before the last publish, the last list has shown.
  let left = 150;
  for (let n = 0; left > 0; n++) {
    if (isOver()) left -= 1;
    const kind = kinds[n % kinds.length] ?? '';
    await send('PUT', `kind/${kind}`, {});
    await send('PUT', `entry/${writer}${n}`, { kinds: [] });
    await send('PATCH', `entry/${writer}${n}`, { kinds: [kind] });
    if (n % 3 === 0) await send('DELETE', `entry/${writer}${n - 4}`);
    if (n % 20 === 0) await send('DELETE', `kind/${kind}`);
  }
}

const alter = (set: object, field = 'count') => ({ op: 'alterField', model: 'entry', field, set });
const CHANGES = [
  operations({ op: 'renameField', model: 'entry', from: 'count', to: 'total' }),
  operations(alter({ type: 'text' }, 'total')),
  operations({
    op: 'addField',
    model: 'entry',
    field: { name: 'note', type: 'text', required: true, default: 'none' },
  }),
  operations({
    op: 'addField',
    model: 'entry',
    field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } },
  }),
];

describe('a copy of a model', () => {
  test('that follows its feed ends as the model, through changes of it, cascades and broken connections', async () => {
    const follower = new Follower();
    let isOver = false;
    const changes = makeChanges().finally(() => {
      isOver = true;
    });
    const writers = ['x', 'y'].map((writer) => write(writer, () => isOver));
    const work = Promise.all([changes, ...writers]).then(() =>
      system.edge.request('PUT', `${RECORDS}/end`, {}),
    );
    const following = async () => {
      while (!(await follower.follow('end', 40)));
    };
    // Where the work fails, nothing comes of following.
    await Promise.race([following(), rejection(work)]);
    expect((await work).status).toBe(201);
    const list = await system.edge.get(`${RECORDS}?limit=1000`);
    expect(list.body.page.next).toBeNull();
    expect(list.body.data.length).toBeGreaterThan(20);
    expect(Object.fromEntries(follower.copy)).toEqual(Object.fromEntries(copyOf(list.body.data)));
    expect(follower.lists).toBeGreaterThan(1);
  }, 180_000);
});

/** Settles only where another promise is rejected. */
function rejection(other: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    other.catch(reject);
  });
}

async function makeChanges(): Promise<void> {
  for (const body of CHANGES) {
    const answer = await change(system.edge, body);
    expect(answer.body.error).toBeUndefined();
    await ended(system.edge, answer.body.id);
  }
}
