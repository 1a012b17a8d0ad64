import { Buffer } from 'node:buffer';
import type { Context } from 'hono';
import { Failure } from '../failure.ts';
import type { EdgeEnv } from './edge.ts';

/** Larger bodies are for imports. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

const MAX_DEPTH = 100;

/**
 * A JSON body, and its text for idempotency. Throws where it is none, is too large, or not UTF-8. Records are
 * parsed by `parseLossless`, for they may hold numbers that a double cannot.
 */
export async function readJson(
  c: Context<EdgeEnv>,
  parse: (text: string) => unknown = JSON.parse,
): Promise<{ readonly value: unknown; readonly text: string }> {
  assertJson(c);
  return parseJson(await readBytes(c.req.raw), parse);
}

/** Throws where a body is said to be something else. */
export function assertJson(c: Context<EdgeEnv>): void {
  const type = c.req.header('Content-Type');
  if (type !== undefined && !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new Failure('unsupported_media_type', 'send JSON, with Content-Type: application/json');
  }
}

/** The same of the bytes of a body that was read for its signature. */
export function parseJson(
  bytes: Uint8Array,
  parse: (text: string) => unknown = JSON.parse,
): { readonly value: unknown; readonly text: string } {
  const text = decode(bytes);
  if (isTooDeep(text)) throw new Failure('invalid_json', `JSON may be nested ${MAX_DEPTH} deep`);
  try {
    return { value: parse(text), text };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure('invalid_json', text.trim() === '' ? 'the body is empty' : error.message, {
      cause: error,
    });
  }
}

/** A JSON body that may be left out. */
export async function readOptionalJson(c: Context<EdgeEnv>): ReturnType<typeof readJson> {
  const isEmpty = c.req.raw.body === null || c.req.header('Content-Length') === '0';
  return isEmpty ? { value: {}, text: '' } : readJson(c);
}

/** A body as it came. Throws where it is too large. */
export async function readBytes(request: Request): Promise<Uint8Array> {
  const length = request.headers.get('Content-Length');
  if (length !== null && Number(length) <= MAX_BODY_BYTES) return request.bytes();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    // The rest is read and thrown away: a client that is still writing would not hear the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) {
    throw new Failure('body_too_large', `a body may have ${MAX_BODY_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure('invalid_json', 'the body is not valid UTF-8', { cause: error });
  }
}

/** Looked at before parsing: what walks a value later, walks it by recursion. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let n = 0; n < text.length; n++) {
    const char = text.charCodeAt(n);
    if (inString) {
      if (char === 0x5c) n += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}
