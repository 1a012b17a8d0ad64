/**
 * API keys as texts: `rmk_`, 32 random characters, and 6 of a checksum over them, so that a scanner of secrets and a
 * server tell a key from what only looks like one, and from one with a typing error, without asking anybody.
 */
import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'rmk_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

const KEY = /^rmk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/**
 * The key that a random seed stands for, to who has the root token: the same each time, so that a request that is
 * repeated may be answered with it though it is kept nowhere.
 */
export function makeKey(rootToken: Uint8Array, seed: string): string {
  let random = '';
  for (let round = 0; random.length < RANDOM_LENGTH; round++) {
    const bytes = createHmac('sha256', rootToken).update(`remodel API key\n${seed}\n${round}`).digest();
    // Those that would make some digits more likely than others are left out.
    for (const byte of bytes) if (byte < 248) random += DIGITS[byte % 62];
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
