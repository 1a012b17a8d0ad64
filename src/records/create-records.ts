import * as v from 'valibot';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import { createNested } from './create-nested.ts';
import { answered, createText, firstParam, sourceName, writtenFields } from './create-sql.ts';
import { mayNest } from './nested-records.ts';
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
  related: Related,
  values: readonly unknown[],
  idempotency: Idempotency | null,
  pathOf: (n: number) => string,
): Promise<readonly StoredRecord[]> {
  const { records, errors } = parse(model, values, pathOf);
  if (errors.length > 0 && values.some((value) => mayNest(model, value))) {
    const ahead = paramsAhead(model, idempotency);
    return createNested(database, model, related, values, pathOf, ahead, idempotency !== null);
  }
  assertFit(errors);
  const keep = idempotency ? 'keep' : 'forget';
  const [first] = records;
  const single = records.length === 1 && first !== undefined;
  const params = [
    ...paramsAhead(model, idempotency),
    ...(single ? inOrder(model, first) : [recordsJson(model, records)]),
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
  const { records, errors } = parse(model, values, pathOf);
  assertFit(errors);
  const changed = changedFields(target, values, records, pathOf);
  const keep = idempotency !== null;
  const by = target.fields.map(({ id }) => id).join();
  try {
    const rows = await runShape(
      database,
      model,
      `upsert ${keep} ${by} ${[...changed].sort().join()}`,
      () => answered(model, upsertClauses(model, target, changed, firstParam(keep)), keep),
      [...paramsAhead(model, idempotency), recordsJson(model, records)],
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

/** Records as the parameter of `givenClause`: objects without nulls, by the names that it has for fields. */
export function recordsJson(model: ModelClass, records: readonly Values[]): string {
  const names = writtenFields(model).map(({ name }, n) => [sourceName(n), name] as const);
  const objects = records.map((record) => {
    const object: Record<string, string> = {};
    for (const [source, name] of names) {
      const value = record[name] ?? null;
      if (value !== null) object[source] = value;
    }
    return object;
  });
  return JSON.stringify(objects);
}

function parse(model: ModelClass, values: readonly unknown[], pathOf: (n: number) => string) {
  const errors: Finding[] = [];
  const records = values.flatMap((value, n) => {
    const parsed = v.safeParse(model.createSchema, value);
    if (parsed.success) return [parsed.output];
    if (errors.length < MAX_FINDINGS) errors.push(...findingsOf(parsed.issues, pathOf(n)));
    return [];
  });
  return { records, errors };
}

function assertFit(errors: readonly Finding[]): void {
  if (errors.length === 0) return;
  throw new Failure('validation_failed', `nothing was created: ${errors.length} values do not fit`, {
    errors,
  });
}

function inOrder(model: ModelClass, record: Values) {
  return writtenFields(model).map((field) => record[field.name] ?? null);
}
