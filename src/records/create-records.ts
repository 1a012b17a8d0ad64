import * as v from 'valibot';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import { answered, createText, firstParam, sourceName, writtenFields } from './create-sql.ts';
import { fenceOf, runShape, type StoredRecord, stored } from './record-sql.ts';
import { type ConflictTarget, changedFields } from './upsert.ts';
import { upsertClauses } from './upsert-sql.ts';
import { explainViolation, type Values } from './violations.ts';

/** Keeps the answer to a create, so that the same request sent again gives it again. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
  /** Whether the body was an array: how the kept answer is to be given. */
  readonly many: boolean;
}

const MAX_FINDINGS = 100;

/** Creates one record or many, all or nothing, in one statement. Throws `validation_failed` or a violation. */
export async function createRecords(
  database: Database,
  model: ModelClass,
  values: readonly unknown[],
  idempotency: Idempotency | null,
  pathOf: (n: number) => string,
): Promise<readonly StoredRecord[]> {
  const records = validate(model, values, pathOf);
  const keep = idempotency ? 'keep' : 'forget';
  const [first] = records;
  const single = records.length === 1 && first !== undefined;
  const params = [
    ...paramsAhead(model, idempotency),
    ...(single ? inOrder(model, first) : [asJson(model, records)]),
  ];
  try {
    const rows = await runShape(
      database,
      model,
      `create ${single ? 'one' : 'many'} ${keep}`,
      () => createText(model, single, idempotency !== null),
      params,
    );
    return rows.flatMap((row) => stored(row) ?? []);
  } catch (error) {
    throw explainViolation(model, error, { records, pathOf });
  }
}

/** The same, but where a record of the same values is there, the fields that were given are changed in it. */
export async function upsertRecords(
  database: Database,
  model: ModelClass,
  values: readonly unknown[],
  target: ConflictTarget,
  idempotency: Idempotency | null,
  pathOf: (n: number) => string,
): Promise<readonly StoredRecord[]> {
  const records = validate(model, values, pathOf);
  const changed = changedFields(target, values, records, pathOf);
  const keep = idempotency !== null;
  const by = target.fields.map(({ id }) => id).join();
  try {
    const rows = await runShape(
      database,
      model,
      `upsert ${keep} ${by} ${[...changed].sort().join()}`,
      () => answered(model, upsertClauses(model, target, changed, firstParam(keep)), keep),
      [...paramsAhead(model, idempotency), asJson(model, records)],
    );
    return rows.flatMap((row) => stored(row) ?? []);
  } catch (error) {
    throw explainViolation(model, error, { records, pathOf });
  }
}

function paramsAhead(model: ModelClass, idempotency: Idempotency | null): readonly string[] {
  if (!idempotency) return fenceOf(model);
  return [...fenceOf(model), model.workspace, idempotency.key, idempotency.bodyHash];
}

function asJson(model: ModelClass, records: readonly Values[]): string {
  return JSON.stringify(records.map((record) => numbered(model, record)));
}

function validate(model: ModelClass, values: readonly unknown[], pathOf: (n: number) => string) {
  const errors: Finding[] = [];
  const records = values.flatMap((value, n) => {
    const parsed = v.safeParse(model.createSchema, value);
    if (parsed.success) return [parsed.output];
    if (errors.length < MAX_FINDINGS) errors.push(...findingsOf(parsed.issues, pathOf(n)));
    return [];
  });
  if (errors.length === 0) return records;
  throw new Failure('validation_failed', `nothing was created: ${errors.length} values do not fit`, {
    errors,
  });
}

function inOrder(model: ModelClass, record: Values) {
  return writtenFields(model).map((field) => record[field.name] ?? null);
}

/** The same as an object, without nulls, by the names that the fields have in `createText`. */
function numbered(model: ModelClass, record: Values): Values {
  const entries = inOrder(model, record).map((value, n) => [sourceName(n), value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
