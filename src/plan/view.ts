import { createHash } from 'node:crypto';
import { schemaOf, storedType } from '../definition/adopted.ts';
import type { Definition } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { viewSchema } from '../definition/physical-names.ts';
import { keyField, systemFields } from '../definition/system-fields.ts';
import { quoteTable } from './steps/table-sql.ts';

/**
 * The readable view of a model: for people who use SQL, the model's name of today over its table, the fields'
 * names of today over their columns. It reads with its owner's rights, so that a reader needs none on the table,
 * where what lies in the trash still stands.
 */
export function createView(slug: string, definition: Definition): string {
  const view = quoteTable({ schema: viewSchema(slug), table: definition.name });
  return `create view ${view} as\n${viewQuery(slug, definition)}`;
}

/** What the view selects. */
export function viewQuery(slug: string, definition: Definition): string {
  const dataSchema = schemaOf(slug, definition);
  const columns = [
    ...[...systemFields(definition), ...definition.fields].map((field) => {
      const { column, name } = field;
      if (hasJoinTable(field)) return `${links(dataSchema, definition, column)} as ${quoteIdentifier(name)}`;
      return column === name
        ? quoteIdentifier(name)
        : `${quoteIdentifier(column)} as ${quoteIdentifier(name)}`;
    }),
  ];
  const table = quoteTable({ schema: dataSchema, table: definition.table });
  return `select\n  ${columns.join(',\n  ')}\nfrom ${table} as t`;
}

/** A list of references as an array of keys. */
function links(schema: string, definition: Definition, joinTable: string): string {
  const table = quoteTable({ schema, table: joinTable });
  const key = quoteIdentifier(keyField(definition).column);
  return `array(select l.target from ${table} as l where l.source = t.${key} order by l.position)`;
}

/** What the comment on a view of ours says: which model it reads, since which version, and by what text. */
export interface ViewMark {
  readonly modelId: string;
  readonly version: number;
  /** A digest of the view's text and its columns' types: while it is the same, the view stays as it is. */
  readonly digest: string;
}

const MARK = /^Remodel: model (\S+), since version (\d+), (\S+)$/;

/** The mark of a view that is made at this version. */
export function markOf(text: string, definition: Definition, version: number): ViewMark {
  const types = definition.fields.map(storedType);
  const digest = createHash('sha256')
    .update([text, ...types].join('\u0000'))
    .digest('hex')
    .slice(0, 16);
  return { modelId: definition.id, version, digest };
}

export function writeMark({ modelId, version, digest }: ViewMark): string {
  return `Remodel: model ${modelId}, since version ${version}, ${digest}`;
}

/** Null where a comment is none of ours: such a thing is never touched. */
export function readMark(comment: string | null): ViewMark | null {
  const [, modelId, version, digest] = MARK.exec(comment ?? '') ?? [];
  if (modelId === undefined || version === undefined || digest === undefined) return null;
  return { modelId, version: Number(version), digest };
}

/** The comment on a schema of views that Remodel made; an operator may hand a schema over by giving it this. */
export const SCHEMA_MARK = 'Remodel: the models of a workspace, by their names of today';
