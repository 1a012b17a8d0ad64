import { schemaOf } from '../definition/adopted.ts';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { quoteIdentifier, quoteLiteral } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { computedFunction, trashSchema } from '../definition/physical-names.ts';
import type { TableName } from './steps/step-kind.ts';
import { quoteTable } from './steps/table-sql.ts';
import { untrashedName } from './steps/trash-column.ts';

/** Something in the trash whose time has come, as it lies there. */
export type Purged =
  | {
      readonly kind: 'field';
      readonly modelId: string;
      readonly field: Field;
      readonly table: string;
      /** The column by its name in the trash; of a list, its join table. */
      readonly column: string;
      /** Where the table stands: its model may lie in the trash as well. */
      readonly schema: string;
    }
  | {
      readonly kind: 'model';
      readonly definition: Definition;
      /** The schema of the trash in which its table lies. */
      readonly schema: string;
      /** Join tables of lists that it had before, which lie in the trash on their own. */
      readonly links: readonly string[];
    };

/** What a purge makes of the database: short statements, none of which goes over rows. */
export interface Purge {
  /** The tables that it locks. */
  readonly tables: readonly TableName[];
  readonly statements: readonly string[];
}

/** The purge of one entry of a workspace. Each statement finds nothing to do where what it drops is gone. */
export function purgeStatements(slug: string, purged: Purged): Purge {
  const trash = trashSchema(slug);
  if (purged.kind === 'model') return purgeModel(slug, purged);
  const { field, column, table, schema, modelId } = purged;
  if (hasJoinTable(field)) {
    const links = { schema: trash, table: column };
    return { tables: [links], statements: [dropTable(links), noteName(modelId, column)] };
  }
  const target = { schema, table };
  const drop = `alter table if exists ${quoteTable(target)} drop column if exists ${quoteIdentifier(column)}`;
  return { tables: [target], statements: [drop, noteName(modelId, untrashedName(column))] };
}

function purgeModel(slug: string, { definition, schema, links }: Extract<Purged, { kind: 'model' }>): Purge {
  const { table, fields } = definition;
  const trash = trashSchema(slug);
  const own = fields.filter(hasJoinTable).map(({ column }) => column);
  const lists = [...own, ...links].map((name) => ({ schema: trash, table: name }));
  const tables = [...lists, { schema, table }];
  const functions = fields
    .filter(isComputed)
    .map(({ column }) =>
      quoteTable({ schema: schemaOf(slug, definition), table: computedFunction(table, column) }),
    );
  return {
    tables,
    statements: [
      ...tables.map(dropTable),
      ...functions.map((name) => `drop function if exists ${name}()`),
      ...(schema === trash ? [] : [`drop schema if exists ${quoteIdentifier(schema)}`]),
    ],
  };
}

function dropTable(table: TableName): string {
  return `drop table if exists ${quoteTable(table)}`;
}

/** Ids were made of the name: nothing new gets it. */
function noteName(modelId: string, name: string): string {
  return `insert into remodel.former_names (model_id, workspace_id, kind, name) select id, workspace_id, 'column', ${quoteLiteral(name)} from remodel.models where id = ${quoteLiteral(modelId)} on conflict do nothing`;
}
