import { dataSchema, uniqueName, viewSchema } from '../definition/physical-names.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { AsideRelation } from '../plan/conflict-choice.ts';
import { madeRelations } from '../plan/conflicts.ts';
import type { Step } from '../plan/steps.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';
import { readTable } from './database-tables.ts';

/**
 * The request with what makes way for its models. Throws `validation_failed` where its choices are about names under
 * which nothing stands, or a model's.
 */
export async function withConflicts(
  database: Database,
  workspace: string,
  request: ChangeRequest,
): Promise<ChangeRequest> {
  const choices = Object.entries(request.conflicts ?? {});
  if (choices.length === 0) return request;
  const own = [dataSchema(workspace), viewSchema(workspace)];
  const taken = await database.query(sql`
    select n.nspname as schema, c.relname as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (select json_array_elements_text(${own}::json))
  `);
  const names = new Set(taken.map((row) => `${text(row, 'schema')}.${text(row, 'name')}`));
  const aside: AsideRelation[] = [];
  for (const [relation, choice] of choices) {
    const [schema = '', table = ''] = relation.split('.', 2);
    const found = names.has(relation) ? await readTable(database, workspace, 'all', { schema, table }) : null;
    if (!found || found.model !== null) {
      const message = `there is no ${relation} of somebody else's: leave it out`;
      const path = `/conflicts/${relation}`;
      throw new Failure('validation_failed', message, {
        errors: [{ path, code: 'unknown_conflict', message }],
      });
    }
    if (choice === 'renameExisting') {
      const ofSchema = [...names].filter((name) => name.startsWith(`${schema}.`));
      const others = new Set(ofSchema.map((name) => name.slice(schema.length + 1)));
      aside.push({ schema, table, as: uniqueName(`${table.slice(0, 50)}_existing`, others) });
    }
  }
  return { ...request, aside };
}

/** Throws `name_conflict` where something of somebody else's stands where a plan is to make a table. */
export async function assertFree(database: Database, steps: readonly Step[]): Promise<void> {
  const leaving = new Set(
    steps.flatMap(({ kind, target }) => (kind === 'setAside' ? [`${target.schema}.${target.table}`] : [])),
  );
  const made = madeRelations(steps).filter(({ schema, table }) => !leaving.has(`${schema}.${table}`));
  if (made.length === 0) return;
  const rows = await database.query(sql`
    select format('%s.%s', n.nspname, c.relname) as relation
    from json_to_recordset(${made}::json) as w ("schema" text, "table" text)
    join pg_namespace n on n.nspname = w.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = w.table
    order by 1
  `);
  const [first] = rows;
  if (!first) return;
  const relations = rows.map((row) => text(row, 'relation'));
  const relation = text(first, 'relation');
  throw new Failure(
    'name_conflict',
    `${relation} is there, and is no model's: take another name, or say what becomes of it, by "conflicts": {"${relation}": "renameExisting"} or "adopt"`,
    { data: { relations } },
  );
}
