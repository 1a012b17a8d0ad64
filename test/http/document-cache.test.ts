import { describe, expect, test } from 'vitest';
import { DocumentCache } from '../../src/http/document-cache.ts';

const LINE = 'é'.repeat(40_000);

/** So many lines, each noted when it is made. */
function* lines(count: number, made: string[] = []): Iterable<string> {
  for (let n = 0; n < count; n++) {
    made.push(LINE);
    yield LINE;
  }
}

const textOf = (stream: ReadableStream) => new Response(stream).text();

describe('a document', () => {
  test('is made no faster than it is read', async () => {
    const made: string[] = [];
    const reader = new DocumentCache(1_000_000).read('a', lines(1000, made)).getReader();
    expect(made).toHaveLength(0);
    await reader.read();
    expect(made).toHaveLength(2);
    await reader.cancel();
  });

  test('is kept once it was read to its end', async () => {
    const cache = new DocumentCache(1_000_000);
    const text = LINE.repeat(10);
    const stream = cache.read('a', lines(10));
    expect(cache.get('a')).toBeUndefined();
    expect(await textOf(stream)).toBe(text);
    expect(new TextDecoder().decode(cache.get('a'))).toBe(text);
  });

  test('is not kept where it was given up, or is larger than all may be, which takes no other one away', async () => {
    const cache = new DocumentCache(1_000_000);
    await textOf(cache.read('small', lines(10)));
    await cache.read('given-up', lines(10)).cancel();
    expect(await textOf(cache.read('large', lines(20)))).toBe(LINE.repeat(20));
    expect(['given-up', 'large', 'small'].map((tag) => cache.get(tag)?.length)).toEqual([
      undefined,
      undefined,
      800_000,
    ]);
  });

  test('makes room for others: what was asked for last stays', async () => {
    const cache = new DocumentCache(2_000_000);
    for (const tag of ['a', 'b']) await textOf(cache.read(tag, lines(10)));
    expect(cache.get('a')).toBeDefined();
    await textOf(cache.read('c', lines(10)));
    expect(['a', 'b', 'c'].map((tag) => cache.get(tag)?.length)).toEqual([800_000, undefined, 800_000]);
  });

  test('without any text is empty', async () => {
    expect(await textOf(new DocumentCache(10).read('a', []))).toBe('');
  });
});
