/**
 * API keys as texts: `rmk_`, 32 random characters, and 6 of a checksum over them, so that a scanner of secrets and a
 * server tell a key from what only looks like one, and from one with a typing error, without asking anybody.
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'rmk_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

const KEY = /^rmk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** A new key: 190 random bits. */
export function makeKey(): string {
  let random = '';
  while (random.length < RANDOM_LENGTH) {
    // Those that would make some digits more likely than others are left out.
    for (const byte of randomBytes(RANDOM_LENGTH)) if (byte < 248) random += DIGITS[byte % 62];
  }
  const body = random.slice(0, RANDOM_LENGTH);
  return PREFIX + body + checksumOf(body);
}

/** Whether a token has the form of a key, checksum included. */
export function isKey(token: string): boolean {
  const [, body, checksum] = KEY.exec(token) ?? [];
  return body !== undefined && checksumOf(body) === checksum;
}

/** What is kept of a key. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let n = 0; n < CHECKSUM_LENGTH; n++) {
    digits = DIGITS[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
