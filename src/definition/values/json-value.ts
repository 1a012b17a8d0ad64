import { rawNumber } from './raw-number.ts';
import { refuseUnstorable } from './stored-text.ts';

/** Containers within containers: enough for documents, few enough for every reader's stack. */
const MAX_JSON_DEPTH = 64;

/** Postgres' limits for `numeric`. */
const MAX_WHOLE_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;

/** Why a value is not JSON that `jsonb` can hold, or undefined where it is. */
export function refuseJson(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'string':
      return refuseUnstorable(value);
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : 'must hold finite numbers only';
    case 'object':
      if (value === null) return undefined;
      return rawNumber(value) === undefined ? refuseContainer(value, depth + 1) : refuseDigits(value);
    default:
      return 'must be a JSON value';
  }
}

/** Refuses a number that is kept as text where `numeric` cannot hold it. */
function refuseDigits(value: object): string | undefined {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(rawNumber(value) ?? '') ?? [];
  const fits =
    whole.length + Number(exponent) <= MAX_WHOLE_DIGITS &&
    fraction.length - Number(exponent) <= MAX_FRACTION_DIGITS;
  return fits ? undefined : 'must not hold numbers of so many digits';
}

function refuseContainer(value: object, depth: number): string | undefined {
  if (depth > MAX_JSON_DEPTH) return `must be at most ${MAX_JSON_DEPTH} levels deep`;
  if (Array.isArray(value)) {
    for (const element of value) {
      const reason = refuseJson(element, depth);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(value)) {
    const reason = refuseUnstorable(key) ?? refuseJson(member, depth);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
