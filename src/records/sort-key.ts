import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { pathValue } from './path-value.ts';

/** One part of an order. */
export interface SortKey {
  /** Of fields, so that a rename between two pages changes nothing. */
  readonly id: string;
  /** SQL over the alias `t`. */
  readonly sql: string;
  readonly columnType: string;
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Reads `sort=-released,director.name:nullsFirst`. Nulls come last, and first where the order descends, unless it says
 * otherwise. The key comes last, so that the order is total.
 */
export function parseSort(
  model: ModelClass,
  related: Related,
  text: string | null,
  findings: Finding[],
): readonly SortKey[] {
  const keys: SortKey[] = [];
  const add = (key: SortKey) => {
    if (!keys.some(({ id }) => id === key.id)) keys.push(key);
  };
  for (const part of text ? text.split(',') : []) {
    const [whole, minus, path = '', nulls] = SORTED.exec(part) ?? [];
    if (whole === undefined) {
      const message = 'write a field, a - ahead of it to descend, :nullsFirst or :nullsLast behind it';
      findings.push({ path: 'sort', code: 'invalid_value', message });
      continue;
    }
    const value = pathValue(model, related, path);
    if ('problem' in value) {
      const code = value.code === 'not_one_value' ? 'not_sortable' : value.code;
      findings.push({ path: 'sort', code, message: value.problem });
    } else if (!value.field.spec.operators.includes('_lt')) {
      const message = `${value.field.name} (${value.field.spec.type}) has no order`;
      findings.push({ path: 'sort', code: 'not_sortable', message });
    } else {
      const descending = minus === '-';
      const nullsFirst = nulls === undefined ? descending : nulls === 'nullsFirst';
      add({ ...value, columnType: value.field.columnType, descending, nullsFirst });
    }
  }
  const descending = keys.at(-1)?.descending ?? false;
  const key = model.fields.get('id');
  if (!key) throw new TypeError('every model has a key');
  const { id, column, columnType } = key;
  add({ id, sql: `t.${column}`, columnType, nullable: false, descending, nullsFirst: descending });
  return keys;
}

const SORTED = /^(-?)([^:]*)(?::(nullsFirst|nullsLast))?$/;
