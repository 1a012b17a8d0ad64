import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign as githubSign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import {
  isSigned,
  isSignedByGitHub,
  parseSigningKeys,
  plainKeys,
  sign,
} from '../../src/webhooks/signature.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const secrets = fc
  .uint8Array({ minLength: 1, maxLength: 64 })
  .map((key) => `whsec_${Buffer.from(key).toString('base64')}`);
const messages = fc.record({
  id: fc.stringMatching(/^[!-~]{1,40}$/),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000 }),
  text: fc.string({ unit: 'grapheme' }),
});

describe('a signature by Standard Webhooks', () => {
  test('of the reference library is accepted, and ours are its own', () => {
    fc.assert(
      fc.property(secrets, messages, (secret, { id, timestamp, text }) => {
        const theirs = new Webhook(secret).sign(id, new Date(timestamp * 1000), text);
        const [key = bytes('')] = parseSigningKeys(secret);
        const message = { id, timestamp: String(timestamp), body: bytes(text) };
        expect(sign(key, message)).toBe(theirs);
        expect(isSigned([key], theirs, message)).toBe(true);
        expect(isSigned([bytes('another'), key], `v1a,x ${theirs}`, message)).toBe(true);
      }),
    );
  });

  test('is of the id, the time and each byte of the body', () => {
    fc.assert(
      fc.property(
        secrets,
        messages,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (secret, { id, timestamp, text }, at, flip) => {
          const keys = parseSigningKeys(secret);
          const message = { id, timestamp: String(timestamp), body: bytes(`{${text}`) };
          const signature = sign(keys[0] ?? bytes(''), message);
          const changed = message.body.map((byte, n) =>
            n === at % message.body.length ? byte ^ flip : byte,
          );
          expect(isSigned(keys, signature, { ...message, body: changed })).toBe(false);
          expect(isSigned(keys, signature, { ...message, id: `${id}x` })).toBe(false);
          expect(isSigned(keys, signature, { ...message, timestamp: `${timestamp + 1}` })).toBe(false);
          expect(isSigned([], signature, message)).toBe(false);
        },
      ),
    );
  });

  test('is asked of any header without an error', () => {
    const keys = parseSigningKeys('whsec_c2VjcmV0');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(isSigned(keys, header, { id: 'a', timestamp: '1', body: bytes('') })).toBe(false);
        expect(isSignedByGitHub(keys, header, bytes(''))).toBe(false);
      }),
    );
  });
});

describe('a signature by GitHub', () => {
  test('of its recorded pushes is accepted, by either secret, and of nothing else', async () => {
    const pushes = examples.find(({ name }) => name === 'push')?.examples ?? [];
    expect(pushes.length).toBeGreaterThan(0);
    for (const push of pushes) {
      const body = JSON.stringify(push);
      const signature = await githubSign('a secret', body);
      const keys = [bytes('the one before'), bytes('a secret')];
      expect(isSignedByGitHub(keys, signature, bytes(body))).toBe(true);
      expect(isSignedByGitHub(keys, signature, bytes(`${body} `))).toBe(false);
      expect(isSignedByGitHub([bytes('another')], signature, bytes(body))).toBe(false);
    }
  });
});

describe('secrets', () => {
  test('are one, or two with a space between', () => {
    expect(parseSigningKeys('')).toEqual([]);
    const keys = parseSigningKeys(' whsec_c2VjcmV0  bmV4dA== ');
    expect(keys.map((key) => new TextDecoder().decode(key))).toEqual(['secret', 'next']);
    expect(plainKeys('old new')).toEqual([bytes('old'), bytes('new')]);
  });

  test('that are no base64 are none, and the doctor says so', () => {
    for (const wrong of ['whsec_!', 'whsec_', 'whsec_abc']) expect(parseSigningKeys(wrong)).toEqual([]);
  });
});
