import { rawNumber } from './raw-number.ts';
import { refuseUnstorable } from './stored-text.ts';

/** Containers within containers: enough for documents, few enough for every reader's stack. */
const MAX_JSON_DEPTH = 64;

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
      return value === null || rawNumber(value) !== undefined ? undefined : refuseContainer(value, depth + 1);
    default:
      return 'must be a JSON value';
  }
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
