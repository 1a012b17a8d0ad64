import { cutPath, leadsNowhere, MAX_PATH } from '../definition/parse-filter.ts';
import type { Relation } from '../definition/relation.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Related } from '../model/related.ts';
import { follow } from './relations.ts';

/** What is answered of a record: fields of its own, and of the records that it leads to, as deep as it was asked. */
export interface Selection {
  readonly model: ModelClass;
  readonly fields: readonly ModelField[];
  readonly expanded: readonly Expanded[];
}

/** Records in the place of their ids, or beside the fields. */
export interface Expanded {
  /** The member of the answer. */
  readonly name: string;
  readonly relation: Relation;
  readonly selection: Selection;
}

/** A selection while its paths are read. */
class Draft {
  readonly model: ModelClass;
  /** Null: all of them, for nobody chose. */
  fields: Set<ModelField> | null = null;
  readonly expanded = new Map<string, { readonly relation: Relation; readonly draft: Draft }>();

  constructor(model: ModelClass) {
    this.model = model;
  }

  get selection(): Selection {
    const fields = [...(this.fields ?? this.model.fields.values())];
    return {
      model: this.model,
      // A record takes the place of its id.
      fields: fields.filter((field) => !this.expanded.has(field.name)),
      expanded: [...this.expanded].map(([name, { relation, draft }]) => ({
        name,
        relation,
        selection: draft.selection,
      })),
    };
  }
}

/**
 * Reads `select=title,director.name` and `expand=director,tags`: without `select`, all fields; a path asks for records
 * in the place of ids, of which `select` names the fields and `expand` takes all.
 */
export function parseSelection(
  model: ModelClass,
  related: Related,
  { select, expand }: { readonly select: string | null; readonly expand: string | null },
  findings: Finding[],
): Selection {
  const draft = new Draft(model);
  if (select !== null) draft.fields = new Set();
  for (const path of new Set(select?.split(','))) choose(draft, related, path, findings);
  for (const path of new Set(expand?.split(','))) {
    const end = descend(draft, related, path, 'expand', findings);
    if (end) end.fields ??= null;
  }
  return draft.selection;
}

function choose(draft: Draft, related: Related, path: string, findings: Finding[]): void {
  const last = path.lastIndexOf('.');
  const way = last < 0 ? null : path.slice(0, last);
  const name = path.slice(last + 1);
  const end = way === null ? draft : descend(draft, related, way, 'select', findings);
  if (!end) return;
  const field = end.model.fields.get(name);
  if (field) end.fields = (end.fields ?? new Set<ModelField>()).add(field);
  else if (descend(end, related, name, 'select', findings) && end.fields === null) end.fields = new Set();
}

/** Follows a path, and makes what is not there yet. */
function descend(
  draft: Draft,
  related: Related,
  path: string,
  parameter: 'select' | 'expand',
  findings: Finding[],
): Draft | undefined {
  let at = draft;
  let rest: string | null = path;
  for (let hops = 1; rest !== null; hops++) {
    const [name, more]: readonly [string, string | null] = cutPath(rest);
    rest = more;
    const way = follow(at.model, related, name);
    if (!way || 'problem' in way) {
      const isField = at.model.fields.has(name);
      const nowhere = isField
        ? `${name} refers to no model`
        : leadsNowhere({ model: at.model.definition.name }, name);
      const message = way?.problem ?? nowhere;
      findings.push({ path: parameter, code: isField ? 'not_expandable' : 'unknown_field', message });
      return undefined;
    }
    if (hops > MAX_PATH) {
      const message = `a path follows at most ${MAX_PATH} references`;
      findings.push({ path: parameter, code: 'path_too_long', message });
      return undefined;
    }
    const known = at.expanded.get(name);
    if (!known && at.fields) at.fields = new Set(at.fields);
    const next = known ?? { relation: way.relation, draft: new Draft(way.target) };
    at.expanded.set(name, next);
    at = next.draft;
  }
  return at;
}
