import { cutPath, leadsNowhere, MAX_PATH } from '../definition/filter.ts';
import { followed } from '../definition/relation.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { follow } from './relations.ts';

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
    const descending = minus === '-';
    const found = findSorted(model, related, path);
    if ('problem' in found) findings.push({ path: 'sort', code: found.code, message: found.problem });
    else add({ ...found, descending, nullsFirst: nulls === undefined ? descending : nulls === 'nullsFirst' });
  }
  const descending = keys.at(-1)?.descending ?? false;
  const { id, sql, columnType } = ownField(model, 'id', 't', '');
  add({ id, sql, columnType, nullable: false, descending, nullsFirst: descending });
  return keys;
}

const SORTED = /^(-?)([^:]*)(?::(nullsFirst|nullsLast))?$/;

type Sorted = Pick<SortKey, 'id' | 'sql' | 'columnType' | 'nullable'>;
interface Unsortable {
  readonly code: string;
  readonly problem: string;
}

function findSorted(model: ModelClass, related: Related, path: string): Sorted | Unsortable {
  return sortedBy(model, related, path, 't', '', 1);
}

/** The value at the end of a path, of which each part leads to one record at most. */
function sortedBy(
  model: ModelClass,
  related: Related,
  path: string,
  alias: string,
  ids: string,
  hops: number,
): Sorted | Unsortable {
  const [name, rest] = cutPath(path);
  const nowhere = leadsNowhere({ model: model.definition.name }, name);
  if (rest === null) {
    const field = model.fields.get(name);
    if (!field) return { code: 'unknown_field', problem: nowhere };
    const message = `${name} (${field.spec.type}) has no order`;
    if (!field.spec.operators.includes('_lt')) return { code: 'not_sortable', problem: message };
    return ownField(model, name, alias, ids);
  }
  const way = follow(model, related, name);
  if (!way || 'problem' in way) return { code: 'unknown_field', problem: way?.problem ?? nowhere };
  if (!way.relation.isOne) {
    return { code: 'not_sortable', problem: `${name} leads to many records, which have no one value` };
  }
  if (hops > MAX_PATH) {
    return { code: 'path_too_long', problem: `a path follows at most ${MAX_PATH} references` };
  }
  const to = `s${hops}`;
  const inner = sortedBy(way.target, related, rest, to, `${ids}${way.id}.`, hops + 1);
  if ('problem' in inner) return inner;
  const { source, condition } = followed(way.relation, alias, to);
  return { ...inner, sql: `(select ${inner.sql} from ${source} where ${condition})`, nullable: true };
}

function ownField(model: ModelClass, name: string, alias: string, ids: string): Sorted {
  const field = model.fields.get(name);
  if (!field) throw new TypeError(`every model has a field ${name}`);
  const { id, column, columnType, nullable } = field;
  return { id: `${ids}${id}`, sql: `${alias}.${column}`, columnType, nullable };
}
