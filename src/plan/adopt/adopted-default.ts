import type { Default, FieldType } from '../../definition/definition.ts';
import { specOf } from '../../definition/field-types.ts';

/** Whether a type's values are numbers in JSON. */
export function isJsonNumber(type: string): boolean {
  return type === 'integer' || type === 'float';
}

const NOW =
  /^(now\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP|'now'|timezone\('utc'::text, now\(\)\))$/i;
const UUID = /^(?:\w+\.)?(gen_random_uuid|uuid_generate_v4)\(\)$/;

/** What a default means to a field; undefined where a definition cannot say it. Null is none. */
export function defaultOfColumn(sql: string, type: FieldType): Default | undefined {
  const expression = withoutCasts(sql);
  if (/^NULL$/i.test(expression)) return null;
  if (type === 'date' || type === 'timestamp' || type === 'time') {
    return NOW.test(expression) || NOW.test(sql) ? { fn: 'now' } : undefined;
  }
  if (type === 'uuid' && UUID.test(expression)) return { fn: 'uuid' };
  const literal = /^'((?:[^']|'')*)'$/s.exec(expression)?.[1]?.replaceAll("''", "'");
  const text = literal ?? (/^(-?\d+(\.\d+)?|true|false)$/.test(expression) ? expression : undefined);
  if (text === undefined) return undefined;
  if (type === 'json') return literal === undefined ? undefined : JSON.parse(literal);
  return constantOf(specOf({ type }).fromText(text));
}

/** Of a constant, `'x'::text` and `(3)::numeric` are `'x'` and `3`. */
function withoutCasts(sql: string): string {
  let text = sql.trim();
  for (;;) {
    const next = text
      .replace(/::(?:"[^"]+"|[\w. ])+(?:\(\d+(?:,\d+)?\))?(?:\[\])?$/, '')
      .replace(/^\(([^()]*(?:\(\))?)\)$/, '$1')
      .trim();
    if (next === text) return text;
    text = next;
  }
}

function constantOf(value: unknown): Default | undefined {
  const isConstant = ['string', 'number', 'boolean', 'object'].includes(typeof value);
  return isConstant ? (value as Default) : undefined;
}
