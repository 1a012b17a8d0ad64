import * as v from 'valibot';
import { Failure, type Finding } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import { findingsOf } from '../../model/validation.ts';
import type { DatabaseSession } from '../../ports.ts';
import { plain } from '../../statement.ts';
import { beginFenced, type Connect } from '../fenced-session.ts';
import { targetOf } from '../record-sql.ts';
import type { ConflictTarget } from '../upsert.ts';
import type { Values } from '../violations.ts';
import { ColumnFields } from './column-fields.ts';
import { importFailure } from './import-failure.ts';
import type { ImportQuery } from './import-query.ts';
import { type ImportFinding, ImportReport } from './import-report.ts';
import { type SourceRow, sourceRows } from './source-rows.ts';
import { type Batch, RowWriter, type ValidRow } from './write-rows.ts';

/** What is sent to Postgres at once. */
const BATCH_ROWS = 2000;
const BATCH_CHARACTERS = 1024 * 1024;

/** What is answered of an import that was done, or would have been. */
export interface Imported {
  readonly dryRun: boolean;
  readonly inserted: number;
  readonly updated: number;
  readonly skipped: number;
  /** Columns that were passed over. */
  readonly ignored: readonly string[];
  readonly errorCount: number;
  readonly errors: readonly ImportFinding[];
}

/** A file that pauses for so long is given up, and with it the locks of its transaction. */
const MAX_PAUSE_SECONDS = 60;

/**
 * Begins the transaction of an import, whose class is current and stays right: who changes the table waits for the
 * import, as for any other transaction that writes into it.
 */
export function beginImport(connect: Connect, model: ModelClass): Promise<DatabaseSession> {
  const lock = `lock table ${targetOf(model)} in row exclusive mode`;
  return beginFenced(connect, [model], 'read write', MAX_PAUSE_SECONDS, lock);
}

/**
 * Reads the rows of a file into the transaction of a session, commits it and ends the session. Throws `invalid_file`,
 * or `validation_failed` where a row does not fit and none is to be skipped; then nothing was written. `keep` adds to
 * the transaction, once the whole file is read.
 */
export async function importRecords(
  session: DatabaseSession,
  model: ModelClass,
  query: ImportQuery,
  parts: AsyncIterable<Uint8Array>,
  keep: (imported: Imported) => Promise<void>,
): Promise<Imported> {
  try {
    const imported = await writeAll(session, model, query, parts).catch((error: unknown) => {
      throw importFailure(error);
    });
    await keep(imported);
    await session.query(plain(query.isDryRun ? 'rollback' : 'commit'));
    return imported;
  } finally {
    await session.end();
  }
}

/** While Postgres writes a batch, the next one is read. */
async function writeAll(
  session: DatabaseSession,
  model: ModelClass,
  query: ImportQuery,
  parts: AsyncIterable<Uint8Array>,
): Promise<Imported> {
  const report = new ImportReport();
  const columns = new ColumnFields(model, query.map);
  const rows = sourceRows(columns, query.format, parts);
  const batches = new Batches(model, query.target, report);
  const writer = new RowWriter(session, model, query.target, report);
  let writing: Promise<void> = Promise.resolve();
  const write = async (batch: Batch) => {
    await writing;
    writing = writer.write(batch);
    // It is awaited by the next one: until then nobody listens.
    writing.catch(() => undefined);
  };
  for await (const some of rows) {
    for (const row of some) {
      const batch = batches.add(row);
      if (batch) await write(batch);
    }
    if (report.isFull && !query.skipsErrors) break;
  }
  const last = batches.take();
  if (last) await write(last);
  await writing;
  await writer.finish();
  if (report.skipped > 0 && !query.skipsErrors) throw refused(report);
  const { inserted, updated, skipped, errorCount, errors } = report;
  const ignored = [...columns.ignored];
  return { dryRun: query.isDryRun, inserted, updated, skipped, ignored, errorCount, errors };
}

function refused({ errors, errorCount, skipped }: ImportReport): Failure {
  const [first] = errors;
  const message = `nothing was written: ${skipped} rows do not fit, first line ${first?.line}: ${first?.path} ${first?.message}`;
  return new Failure('validation_failed', message, { errors, data: { skipped, errorCount } });
}

/** Judges rows by the class, and gathers those that fit. */
class Batches {
  readonly #model: ModelClass;
  readonly #target: ConflictTarget | null;
  readonly #report: ImportReport;
  #rows: ValidRow[] = [];
  #given: ReadonlySet<string> = new Set();
  #characters = 0;

  constructor(model: ModelClass, target: ConflictTarget | null, report: ImportReport) {
    this.#model = model;
    this.#target = target;
    this.#report = report;
  }

  /** Adds a row that fits; answers the batch that is full by then, or that the row has no place in. */
  add({ line, value, problem }: SourceRow): Batch | null {
    if (problem) {
      this.#report.skip(line, [{ path: '', ...problem }]);
      return null;
    }
    const parsed = v.safeParse(this.#model.createSchema, value);
    const findings = parsed.success ? this.#unfound(parsed.output) : findingsOf(parsed.issues, '');
    if (!parsed.success || findings.length > 0) {
      this.#report.skip(line, findings);
      return null;
    }
    const done = this.#fits(value) ? null : this.take();
    if (this.#rows.length === 0) this.#given = new Set(Object.keys(Object(value)));
    this.#rows.push({ line, values: parsed.output });
    for (const text of Object.values(parsed.output)) this.#characters += text?.length ?? 0;
    return (
      done ?? (this.#rows.length >= BATCH_ROWS || this.#characters >= BATCH_CHARACTERS ? this.take() : null)
    );
  }

  /** What has been gathered; null where that is nothing. */
  take(): Batch | null {
    if (this.#rows.length === 0) return null;
    const batch = { rows: this.#rows, given: this.#given };
    this.#rows = [];
    this.#characters = 0;
    return batch;
  }

  /** An upsert changes what was given, which is the same in all rows of a statement. */
  #fits(value: unknown): boolean {
    if (!this.#target || this.#rows.length === 0) return true;
    const names = Object.keys(Object(value));
    return names.length === this.#given.size && names.every((name) => this.#given.has(name));
  }

  #unfound(values: Values): readonly Finding[] {
    const empty = this.#target?.fields.find(({ name }) => (values[name] ?? null) === null);
    if (!empty) return [];
    const message = 'must have a value: it tells whether the record is there';
    return [{ path: `/${empty.name}`, code: 'required', message }];
  }
}
