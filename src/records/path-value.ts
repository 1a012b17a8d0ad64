import { type FilterField, valueSql } from '../definition/filter.ts';
import { memberOf } from '../definition/json-member.ts';
import { cutPath, leadsNowhere, MAX_PATH } from '../definition/parse-filter.ts';
import { followed } from '../definition/relation.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Related } from '../model/related.ts';
import { follow } from './relations.ts';

/** The one value of a record at the end of a path, of which each part leads to one record at most. */
export interface PathValue {
  /** Of fields, so that it stays the same while they are renamed. */
  readonly id: string;
  /** SQL over the alias `t`. */
  readonly sql: string;
  readonly field: FilterField;
  readonly nullable: boolean;
}

/** Why a path leads to no such value. */
export interface NoValue {
  readonly code: 'unknown_field' | 'not_one_value' | 'path_too_long';
  readonly problem: string;
}

/** Reads a path such as `title` or `director.boss.name`. */
export function pathValue(model: ModelClass, related: Related, path: string): PathValue | NoValue {
  return valueAt(model, related, path, { alias: 't', ids: '', hops: 0 });
}

interface Place {
  readonly alias: string;
  readonly ids: string;
  readonly hops: number;
}

function valueAt(model: ModelClass, related: Related, path: string, place: Place): PathValue | NoValue {
  const [name, rest] = cutPath(path);
  const { alias, ids } = place;
  const nowhere = leadsNowhere({ model: model.definition.name }, name);
  if (rest === null) {
    const field = model.fields.get(name);
    if (!field) return { code: 'unknown_field', problem: nowhere };
    return { id: `${ids}${field.id}`, sql: valueSql(field, `${alias}.`), field, nullable: field.nullable };
  }
  const json = model.fields.get(name);
  if (json?.spec.type === 'json') return valueInJson(json, rest, place);
  const way = follow(model, related, name);
  if (!way || 'problem' in way) return { code: 'unknown_field', problem: way?.problem ?? nowhere };
  if (!way.relation.isOne) {
    return { code: 'not_one_value', problem: `${name} leads to many records, which have no one value` };
  }
  const hops = place.hops + 1;
  if (hops > MAX_PATH) {
    return { code: 'path_too_long', problem: `a path follows at most ${MAX_PATH} references` };
  }
  const to = `s${hops}`;
  const inner = valueAt(way.target, related, rest, { alias: to, ids: `${ids}${way.id}.`, hops });
  if ('problem' in inner) return inner;
  const { source, condition } = followed(way.relation, alias, to);
  return { ...inner, sql: `(select ${inner.sql} from ${source} where ${condition})`, nullable: true };
}

function valueInJson(json: ModelField, rest: string, { alias, ids }: Place): PathValue | NoValue {
  const field = memberOf(json, rest);
  if (!field) return { code: 'unknown_field', problem: `${rest} is no path in ${json.name}` };
  return { id: `${ids}${json.id}.${rest}`, sql: valueSql(field, `${alias}.`), field, nullable: true };
}
