import { quoteIdentifier, quoteLiteral } from '../definition/identifiers.ts';
import { uniqueName } from '../definition/physical-names.ts';
import type { Publish } from './steps/publish.ts';
import { quoteTable } from './steps/table-sql.ts';
import { createView, markOf, readMark, SCHEMA_MARK, type ViewMark, writeMark } from './view.ts';

/** Something that stands in the schema of views under a name that a publish is about. */
export interface FoundRelation {
  readonly name: string;
  /** Null where it is no view. */
  readonly comment: string | null;
  /** What reads it: views and functions, by name. */
  readonly dependents: readonly string[];
  /** Rights that others have on it, in the words of `grant`. */
  readonly grants: readonly { readonly privilege: string; readonly to: string }[];
}

/** What a publish finds in the schema of views. */
export interface FoundViews {
  readonly schema: 'absent' | 'ours' | 'foreign';
  readonly relations: readonly FoundRelation[];
}

/** The statements that bring the views to a publish: `clear` before its DDL on tables, `make` after it. */
export interface ViewStatements {
  readonly clear: readonly string[];
  readonly make: readonly string[];
}

interface OldView extends FoundRelation {
  readonly mark: ViewMark;
}

interface NewView {
  readonly name: string;
  readonly text: string;
  readonly mark: ViewMark;
}

/** The names that a publish is about: those that models get, and those that they leave. */
export function viewNames(step: Publish): readonly string[] {
  return [...new Set([...step.published.map(({ definition }) => definition.name), ...step.retiredNames])];
}

/**
 * Old views go first: whoever reads one locks it before its table, and so does the publish. One that others read
 * is never dropped but set aside as `NAME@VERSION`: it goes on reading what it read, and they with it.
 */
export function viewStatements(step: Publish, found: FoundViews): ViewStatements {
  if (found.schema === 'foreign') return { clear: [], make: [] };
  const schema = step.viewSchema;
  const ours = oursOf(found);
  const leaving = leavingOf(step, found);
  const taken = new Set(found.relations.map((relation) => relation.name));
  const clear = ours.filter(isAside).map(({ name }) => dropUnlessRead(schema, name, 'null'));
  for (const { name, mark } of leaving) {
    const aside = uniqueName(`${name}@${mark.version}`, taken);
    taken.add(aside).delete(name);
    const rename = `alter view ${quoteTable({ schema, table: name })} rename to ${quoteIdentifier(aside)}`;
    clear.push(dropUnlessRead(schema, name, rename));
  }
  const make = newViews(step)
    .filter((view) => !taken.has(view.name))
    .flatMap((view) => {
      const previous = leaving.find((old) => old.mark.modelId === view.mark.modelId);
      return makeView(schema, view, previous?.grants ?? [{ privilege: 'select', to: 'remodel_reader' }]);
    });
  const isFirst = found.schema === 'absent' && make.length > 0;
  return { clear, make: isFirst ? [...createSchema(schema), ...make] : make };
}

/** What the author of a change is told about the views beforehand. */
export function viewWarnings(step: Publish, found: FoundViews): readonly string[] {
  const { viewSchema: schema } = step;
  if (found.schema === 'foreign') {
    return [`the schema ${schema} is not Remodel's: it is left alone, and models get no views in it`];
  }
  const foreign = found.relations
    .filter(({ name, comment }) => !readMark(comment) && newViews(step).some((view) => view.name === name))
    .map(({ name }) => `${schema}.${name} is not Remodel's: it is left alone, and the model gets no view`);
  const read = leavingOf(step, found)
    .filter(({ dependents }) => dependents.length > 0)
    .map(
      ({ name, dependents }) =>
        `${dependents.join(', ')} read the view ${schema}.${name}: they go on reading the model as it is before this change, until they are created again`,
    );
  return [...foreign, ...read];
}

function newViews(step: Publish): readonly NewView[] {
  return step.published.map(({ definition, version }) => {
    const text = createView(step.viewSchema, definition);
    return { name: definition.name, text, mark: markOf(text, definition, version) };
  });
}

function oursOf(found: FoundViews): readonly OldView[] {
  return found.relations.flatMap((relation) => {
    const mark = readMark(relation.comment);
    return mark ? [{ ...relation, mark }] : [];
  });
}

/** The views that are not as they are to be, or that no model has any more. */
function leavingOf(step: Publish, found: FoundViews): readonly OldView[] {
  const wanted = newViews(step);
  const isKept = ({ name, mark }: OldView) =>
    wanted.some(
      (view) => view.name === name && view.mark.modelId === mark.modelId && view.mark.digest === mark.digest,
    );
  return oursOf(found).filter((view) => !isAside(view) && !isKept(view));
}

/** No name of a model holds an `@`. */
function isAside({ name }: FoundRelation): boolean {
  return name.includes('@');
}

/** One statement, for nothing must come to depend on the view between the look and the act. */
function dropUnlessRead(schema: string, name: string, otherwise: string): string {
  const drop = `drop view ${quoteTable({ schema, table: name })}`;
  return `do ${quoteLiteral(`begin ${drop}; exception when dependent_objects_still_exist then ${otherwise}; end`)}`;
}

/** A view that takes the place of another of its model goes on with its grants, and with no more. */
function makeView(
  schema: string,
  { name, text, mark }: NewView,
  grants: FoundRelation['grants'],
): readonly string[] {
  const view = quoteTable({ schema, table: name });
  return [
    text,
    `comment on view ${view} is ${quoteLiteral(writeMark(mark))}`,
    ...grants.map(({ privilege, to }) => `grant ${privilege} on ${view} to ${to}`),
  ];
}

function createSchema(name: string): readonly string[] {
  const schema = quoteIdentifier(name);
  return [
    `create schema ${schema}`,
    `comment on schema ${schema} is ${quoteLiteral(SCHEMA_MARK)}`,
    `grant usage on schema ${schema} to remodel_reader`,
  ];
}
