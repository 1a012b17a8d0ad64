import { isName } from '../definition/identifiers.ts';
import { pointer } from '../definition/json-pointer.ts';
import type { Finding } from '../failure.ts';
import type { ConversionOptions } from './conversions/field-conversion.ts';

type Members = Readonly<Record<string, unknown>>;

const MEMBERS = ['onError', 'map', 'match'];

const SHAPE =
  'must be an object such as {"onError": "abort" | "null" | "first" | {"default": 1900}, "map": {"n/a": null}}';

/** Reads `conversions` of a request: what is to become of values that do not convert by themselves. */
export function parseConversions(
  value: unknown,
  findings: Finding[],
): Readonly<Record<string, ConversionOptions>> | undefined {
  if (value === undefined) return undefined;
  const find = (path: string, message: string, code = 'invalid_property') => {
    findings.push({ path, code, message });
  };
  if (!isObject(value)) {
    find('/conversions', 'must be an object by MODEL.FIELD');
    return undefined;
  }
  const read: Record<string, ConversionOptions> = {};
  for (const [key, options] of Object.entries(value)) {
    const path = pointer('/conversions', key);
    if (!isObject(options)) {
      find(path, SHAPE);
      continue;
    }
    for (const name of Object.keys(options)) {
      if (!MEMBERS.includes(name))
        find(pointer(path, name), `leave it out; known are ${MEMBERS.join(', ')}`, 'unknown_property');
    }
    const { onError, map, match } = options;
    if (onError !== undefined && !isOnError(onError))
      find(pointer(path, 'onError'), 'must be "abort", "null", {"default": VALUE}, or of a list "first"');
    if (map !== undefined && !isObject(map))
      find(pointer(path, 'map'), 'must be an object from present values, as texts, to the next');
    if (match !== undefined && !isFieldName(match))
      find(pointer(path, 'match'), 'must be the name of a field of the model that is referred to');
    read[key] = {
      ...(isOnError(onError) ? { onError } : {}),
      ...(isObject(map) ? { map } : {}),
      ...(isFieldName(match) ? { match } : {}),
    };
  }
  return read;
}

function isFieldName(value: unknown): value is string {
  return typeof value === 'string' && isName(value);
}

function isOnError(value: unknown): value is NonNullable<ConversionOptions['onError']> {
  if (value === 'abort' || value === 'null' || value === 'first') return true;
  return isObject(value) && Object.keys(value).join() === 'default';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
