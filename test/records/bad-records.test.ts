import { describe, test } from 'vitest';
import { expectProblem } from './problem.ts';
import { bytes, DEEP, unharmedThings } from './things.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';

const system = unharmedThings();

describe('a record that cannot be', () => {
  test.each<[string, unknown, number, string, string?]>([
    ['an unknown field', { nope: 1 }, 422, 'validation_failed', '/nope'],
    [
      'a field of the system',
      { created_at: '2026-11-20T00:00:00Z' },
      422,
      'validation_failed',
      '/created_at',
    ],
    ['a fault in the second of two', [{ size: 1 }, { size: 'x' }], 422, 'validation_failed', '/1/size'],
    ['a number for a text', { title: 1 }, 422, 'validation_failed', '/title'],
    ['a text for a number', { size: '1' }, 422, 'validation_failed', '/size'],
    ['an object for a text', { title: {} }, 422, 'validation_failed', '/title'],
    ['a text that is too long', { title: 'x'.repeat(21) }, 422, 'validation_failed', '/title'],
    ['a day that is in no calendar', { day: '2026-02-30' }, 422, 'validation_failed', '/day'],
    ['a moment without an offset', { moment: '2026-11-20T00:00:00' }, 422, 'validation_failed', '/moment'],
    ['what is no option', { kind: 'c' }, 422, 'validation_failed', '/kind'],
    ['a number for true', { done: 1 }, 422, 'validation_failed', '/done'],
    ['an integer of 33 bits', { size: 2 ** 32 }, 422, 'validation_failed', '/size'],
    ['an integer of a million digits', '{"size":1e999999}', 422, 'validation_failed', '/size'],
    ['a bigint of 64 bits', '{"big":9223372036854775808}', 422, 'validation_failed', '/big'],
    ['a decimal with too many digits', { price: '1.005' }, 422, 'validation_failed', '/price'],
    ['a float beyond doubles', '{"ratio":1e999999}', 422, 'validation_failed', '/ratio'],
    [
      'a number in JSON beyond what Postgres holds',
      '{"extra":{"a":[1e999999]}}',
      422,
      'validation_failed',
      '/extra',
    ],
    ['a number in JSON below what Postgres holds', '{"extra":1e-999999}', 422, 'validation_failed', '/extra'],
    ['NUL in a text', { title: 'a\0b' }, 422, 'validation_failed', '/title'],
    ['NUL in JSON', { extra: { 'a\0': 1 } }, 422, 'validation_failed', '/extra'],
    ['half a surrogate pair', '{"title":"\\ud800"}', 422, 'validation_failed', '/title'],
    ['a reference to no record', { owner: NOBODY }, 409, 'reference_violation', '/owner'],
    ['a value that another one has', { code: 'x' }, 409, 'unique_violation', '/code'],
    [
      'a value that is too long for its index',
      { code: Array.from({ length: 90 }, () => crypto.randomUUID()).join('') },
      422,
      'validation_failed',
      '/code',
    ],
    [
      'JSON that is too deep',
      { extra: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) },
      422,
      'validation_failed',
      '/extra',
    ],
    ['64 KB of nesting', `{"extra":${DEEP}}`, 400, 'invalid_json'],
    ['invalid UTF-8', bytes('{"title":"', 0xc3, 0x28, '"}'), 400, 'invalid_json'],
    ['no object', '"Jaws"', 422, 'validation_failed', ''],
    ['null', 'null', 422, 'validation_failed', ''],
    ['10 MB', { extra: 'x'.repeat(10_000_000) }, 413, 'body_too_large'],
  ])('for it has %s is refused', async (_what, body, status, code, path) => {
    expectProblem(await system().edge.request('POST', '/v1/main/records/thing', body), status, code, path);
  });

  test.each<[string, string, string, unknown]>([
    ['no key', 'thing', 'no-uuid', { title: 'a' }],
    ['another key than its body', 'thing', NOBODY, { id: NOBODY.replace('7000', '7001') }],
    ['another key than its body, an object', 'thing', NOBODY, { id: { toString: 1, valueOf: 1 } }],
    ['a key of 65 bits', 'row', '9223372036854775808', {}],
    ['another key than its body, a long number', 'row', '1', '{"id":9007199254740993}'],
  ])('replaced under %s is refused', async (_what, model, id, body) => {
    expectProblem(
      await system().edge.request('PUT', `/v1/main/records/${model}/${id}`, body),
      422,
      'validation_failed',
      '/id',
    );
  });
});
