import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destinationOf, isPublic } from '../../src/webhooks/outside-address.ts';

const PUBLIC = { loopback: false };
const kindOf = (url: string, rules = PUBLIC) => destinationOf(url, rules).kind;

/** Addresses that only one side of a network can reach, in all the ways in which they are written. */
const PRIVATE = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[::127.0.0.1]',
  '[::a00:1]',
  '[::169.254.169.254]',
  '[::ffff:0:7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[fec0::1]',
  '[4000::1]',
  '168.63.129.16',
];

describe('the address of a subscriber', () => {
  test('is of the internet, over https', () => {
    expect(destinationOf('https://example.com/hook?a=1', PUBLIC)).toEqual({
      kind: 'name',
      name: 'example.com',
    });
    expect(destinationOf('https://example.com.:8443', PUBLIC)).toEqual({ kind: 'name', name: 'example.com' });
    expect(kindOf('https://93.184.216.34/')).toBe('allowed');
    expect(kindOf('https://[2606:2800:220:1::1]/')).toBe('allowed');
  });

  test.each(PRIVATE)('is not %s', (host) => {
    expect(kindOf(`https://${host}/`)).toBe('refused');
    expect(kindOf(`http://${host}/`)).toBe('refused');
  });

  test('is neither a bare name, nor without encryption, nor with a password', () => {
    const refused = [
      'http://example.com/',
      'https://localhost/',
      'https://a.localhost./',
      'https://intranet/',
      'https://user:secret@example.com/',
      'https://example.com/#part',
      'ftp://example.com/',
      'file:///etc/passwd',
      'example.com',
      '',
      ' https://example.com/',
      'https://example.com/\0',
      'https://example.com/a b',
      'https://exa\tmple.com/',
      'https://example.com/\ud800',
      `https://example.com/${'x'.repeat(2000)}`,
    ];
    expect(refused.map((url) => [url, kindOf(url)])).toEqual(refused.map((url) => [url, 'refused']));
  });

  test('may be of the same machine where that is set, and of no other that is private', () => {
    const local = { loopback: true };
    for (const url of ['http://127.0.0.1:9000/', 'http://localhost/', 'https://[::1]/']) {
      expect(kindOf(url, local)).toBe('allowed');
    }
    for (const host of PRIVATE.filter((one) => !/^(127|2130|0x7f|0177|\[::1\]|\[::ffff:127)/.test(one))) {
      expect(kindOf(`http://${host}/`, local)).toBe('refused');
    }
    expect(kindOf('http://example.com/', local)).toBe('refused');
  });

  test('is judged whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.ipV4Extended(), fc.ipV6()),
        (text) => {
          expect(['refused', 'allowed', 'name']).toContain(kindOf(text));
          expect(typeof isPublic(text)).toBe('boolean');
        },
      ),
    );
  });
});
