import { describe, expect, test } from 'vitest';
import type { Field } from '../../src/definition/definition.ts';
import { makeModelClass } from '../../src/model/model-class.ts';
import { ClassCache } from '../../src/registry/class-cache.ts';

const CAPACITY = 100;

function entry(name: string, fields: number, seq = 1) {
  const field = (n: number): Field => ({ id: `${name}${n}`, name: `f${n}`, column: `f${n}`, type: 'text' });
  const definition = {
    id: name,
    name,
    key: 'uuid' as const,
    table: name,
    fields: Array.from({ length: fields }, (_, n) => field(n)),
    indexes: [],
  };
  return { seq, model: makeModelClass({ workspace: 'main', version: seq, hash: '', definition }) };
}

describe('the classes of an isolate', () => {
  const keep = (cache: ClassCache, name: string, fields: number, seq = 1) =>
    cache.keep('main', name, entry(name, fields, seq));
  const held = (cache: ClassCache, ...names: readonly string[]) =>
    names.filter((name) => cache.getById('main', name) !== undefined);

  test('are bounded by their fields, and the least recently used go first', () => {
    const cache = new ClassCache(CAPACITY);
    for (const name of ['a', 'b', 'c', 'd']) keep(cache, name, 20);
    expect(held(cache, 'a', 'b', 'c', 'd')).toEqual(['a', 'b', 'c', 'd']);
    cache.get('main', 'a');
    keep(cache, 'e', 20);
    expect(held(cache, 'a', 'b', 'c', 'd', 'e')).toEqual(['a', 'c', 'd', 'e']);
    keep(cache, 'wide', 70);
    expect(held(cache, 'a', 'c', 'd', 'e', 'wide')).toEqual(['e', 'wide']);
  });

  test('have room for one, however wide it is, and for others once it is gone', () => {
    const cache = new ClassCache(CAPACITY);
    keep(cache, 'wide', 1000);
    expect(held(cache, 'wide')).toEqual(['wide']);
    for (const name of ['a', 'b', 'c', 'd']) keep(cache, name, 20);
    expect(held(cache, 'wide', 'a', 'b', 'c', 'd')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are found by the id of a model under its last name, also once the one before has gone', () => {
    const cache = new ClassCache(CAPACITY);
    const { seq, model } = entry('a', 20);
    cache.keep('main', 'before', { seq, model });
    cache.keep('main', 'now', { seq: seq + 1, model });
    for (const name of ['b', 'c', 'd']) keep(cache, name, 20);
    expect(cache.get('main', 'before')).toBeUndefined();
    expect(cache.getById('main', 'a')?.seq).toBe(seq + 1);
  });

  test('weigh what they weigh now: a newer one takes the place of another, and what is forgotten weighs nothing', () => {
    const cache = new ClassCache(CAPACITY);
    keep(cache, 'a', 90);
    keep(cache, 'a', 20, 2);
    keep(cache, 'b', 60);
    expect(held(cache, 'a', 'b')).toEqual(['a', 'b']);
    cache.forget('main', 'b');
    keep(cache, 'c', 60);
    expect(held(cache, 'a', 'c')).toEqual(['a', 'c']);
    keep(cache, 'a', 20, 1);
    expect(cache.get('main', 'a')?.seq).toBe(2);
  });
});
