import * as v from 'valibot';
import type { Filter } from '../definition/filter.ts';
import { filterSql } from '../definition/filter-sql.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import { filterOf } from './filter-parameters.ts';
import { hasColumn, setLinks } from './link-sql.ts';
import { assertKnown } from './list-query.ts';
import { Parameters } from './parameters.ts';
import {
  allFields,
  assignments,
  FENCE,
  fenceOf,
  fenceSql,
  type StoredRecord,
  selectWritten,
  stored,
  targetOf,
} from './record-sql.ts';
import { explainViolation } from './violations.ts';

/** Which records a write is of, and how many it may be. */
export interface ManyQuery {
  readonly filter: Filter;
  /** The models that the filter leads to: as the one that is written, they must be current. */
  readonly related: readonly ModelClass[];
  readonly maxAffected: number;
}

/** What became of them. */
export interface Affected {
  readonly count: number;
  readonly records: readonly StoredRecord[];
}

const MAX_AFFECTED = 10_000;

/** Reads `filter…` and `maxAffected`. Throws `invalid_query`; a write of all records has to say that it is. */
export function parseManyQuery(model: ModelClass, related: Related, params: URLSearchParams): ManyQuery {
  const findings: Finding[] = [];
  const filter = filterOf(model, related, params, findings);
  if (!filter) {
    const message =
      'say which records: without a filter it would be all of them, which is filter[id][_null]=false';
    findings.push({ path: 'filter', code: 'required', message });
  }
  const text = params.get('maxAffected');
  const maxAffected = text === null ? MAX_AFFECTED : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (maxAffected < 1 || maxAffected > MAX_AFFECTED) {
    findings.push({ path: 'maxAffected', code: 'invalid_value', message: `must be 1 to ${MAX_AFFECTED}` });
  }
  assertKnown(params, ['filter', 'filter[FIELD]', 'maxAffected', 'dryRun'], findings);
  return { filter: filter ?? { kind: 'and', filters: [] }, related: related.taken, maxAffected };
}

/** Changes the fields that are given, in all records of a query or in none. Throws `too_many_affected`, or a violation. */
export async function updateRecords(
  database: Database,
  model: ModelClass,
  query: ManyQuery,
  patch: unknown,
): Promise<Affected> {
  const parsed = v.safeParse(model.updateSchema, patch);
  if (!parsed.success) {
    const errors = findingsOf(parsed.issues, '');
    throw new Failure('validation_failed', `nothing was written: no ${model.definition.name} is like that`, {
      errors,
    });
  }
  const values = parsed.output;
  if (Object.keys(values).length === 0) {
    throw new Failure('validation_failed', 'nothing to change: name at least one field');
  }
  const parameters = new Parameters(fenceOf(model));
  const given = new Map(
    [...model.fields.values()].flatMap((field) =>
      field.name in values ? [[field, parameters.add(values[field.name] ?? null, field.columnType)]] : [],
    ),
  );
  const sets = [...given].flatMap(([field, value]) =>
    hasColumn(field) ? [`${field.column} = ${field.write(value)}`] : [],
  );
  const returned = allFields(model, (list) => setLinks(model, list, given.get(list) ?? 'null'));
  const act = `update ${targetOf(model)} as t set ${assignments(model, sets)}`;
  const { filter, maxAffected } = query;
  const matched = matchedClause(model, filter, maxAffected, parameters);
  try {
    const rows = await database.query({
      text: `
        with ${matched},
        written as (${act} where ${isMatched(model, maxAffected)} returning ${returned})
        select one.matched, answer.record
        from ${countedRow(query, parameters)} as one
        left join (${selectWritten(model)}) as answer on true`,
      params: parameters.values,
    });
    const count = countOf(rows[0]?.['matched'], query);
    return { count, records: rows.flatMap((row) => stored(row) ?? []) };
  } catch (error) {
    throw explainViolation(model, error, { records: [values], pathOf: () => '' });
  }
}

/** Deletes all records of a query, or none. Throws `too_many_affected`, or a violation. */
export async function deleteRecords(
  database: Database,
  model: ModelClass,
  query: ManyQuery,
): Promise<number> {
  const parameters = new Parameters(fenceOf(model));
  const { filter, maxAffected } = query;
  const matched = matchedClause(model, filter, maxAffected, parameters);
  try {
    const [row] = await database.query({
      text: `
        with ${matched},
        written as (delete from ${targetOf(model)} as t where ${isMatched(model, maxAffected)})
        select one.matched
        from ${countedRow(query, parameters)} as one`,
      params: parameters.values,
    });
    return countOf(row?.['matched'], query);
  } catch (error) {
    throw explainViolation(model, error, { records: [], pathOf: () => '' });
  }
}

/** The keys of the records, one more than there may be, held in one order: two such writes never wait in a circle. */
function matchedClause(model: ModelClass, filter: Filter, most: number, parameters: Parameters): string {
  return `matched as (
    select t.${model.keyColumn} as id
    from ${targetOf(model)} as t
    where ${filterSql(filter, parameters)}
    order by t.${model.keyColumn}
    limit ${most + 1}
    for no key update
  )`;
}

function isMatched(model: ModelClass, most: number): string {
  return `t.${model.keyColumn} = any (array(select m.id from matched as m)) and (select count(*) from matched) <= ${most}`;
}

/** One row, whatever was matched: the fences are asked in any case. */
function countedRow({ related }: ManyQuery, parameters: Parameters): string {
  const others = related.map((model) => ` and ${fenceSql(model, parameters)}`);
  return `(select (select count(*) from matched)::text as matched where ${FENCE}${others.join('')})`;
}

function countOf(matched: string | null | undefined, { maxAffected }: ManyQuery): number {
  const count = Number(matched ?? 0);
  if (count <= maxAffected) return count;
  const message = `more than ${maxAffected} records are meant, and nothing was written: narrow the filter, or raise maxAffected`;
  throw new Failure('too_many_affected', message);
}
