import type { FilterContext, Problem, RelatedContext } from '../definition/parse-filter.ts';
import type { Relation } from '../definition/relation.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Related } from '../model/related.ts';
import { targetOf } from './record-sql.ts';

/** A relation, and the class of the records that it leads to. */
export interface Followed {
  readonly relation: Relation;
  readonly target: ModelClass;
  /** What stays the same when something on the way is renamed. */
  readonly id: string;
  /** On the way back: the field of those records that refers to this one. */
  readonly by: ModelField | null;
}

/**
 * Where a name leads from the records of a model: by a field of theirs that refers to others (`director`), or, the
 * other way, to those that refer to them: `movie(director)`, or `movie` where that model does so by one field only.
 */
export function follow(model: ModelClass, related: Related, name: string): Followed | Problem | undefined {
  const field = model.fields.get(name);
  if (field) return field.to === null ? undefined : along(model, related, field, field.to);
  const [, from, by] = /^([a-z][a-z0-9_]*)(?:\(([a-z][a-z0-9_]*)\))?$/.exec(name) ?? [];
  if (from === undefined) return undefined;
  const other = from === model.definition.name ? model : related.byName(from);
  if (!other) return undefined;
  const fields = [...other.fields.values()].filter((one) => one.to === model.definition.id);
  if (by !== undefined) {
    const back = fields.find((one) => one.name === by);
    return back && against(model, other, back);
  }
  const [only, ...others] = fields;
  if (!only) return undefined;
  if (others.length === 0) return against(model, other, only);
  const ways = fields.map((one) => `${from}(${one.name})`).join(' or ');
  return { problem: `${from} refers to ${model.definition.name} by several fields: write ${ways}` };
}

function along(model: ModelClass, related: Related, field: ModelField, to: string): Followed {
  const target = to === model.definition.id ? model : related.byId(to);
  const links = field.joinTable ? ({ table: field.joinTable, near: 'source', far: 'target' } as const) : null;
  const own = links ? model.keyColumn : field.column;
  const relation = { table: targetOf(target), own, other: target.keyColumn, links, isOne: !links };
  return { relation, target, id: field.id, by: null };
}

function against(model: ModelClass, target: ModelClass, field: ModelField): Followed {
  const links = field.joinTable ? ({ table: field.joinTable, near: 'target', far: 'source' } as const) : null;
  const other = links ? target.keyColumn : field.column;
  const relation = { table: targetOf(target), own: model.keyColumn, other, links, isOne: false };
  return { relation, target, id: `${target.definition.id}(${field.id})`, by: field };
}

/** What a filter over the records of a model is read against, paths included. */
export function filterContext(
  model: ModelClass,
  related: Related,
  at: FilterContext['at'],
  isText: boolean,
): FilterContext {
  return {
    model: model.definition.name,
    fieldOf: (name) => model.fields.get(name),
    relatedBy: (name): RelatedContext | Problem | undefined => {
      const way = follow(model, related, name);
      if (!way || 'problem' in way) return way;
      return { relation: way.relation, context: filterContext(way.target, related, at, isText) };
    },
    at,
    isText,
  };
}
