import { Failure } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import type { DatabaseSession } from '../../ports.ts';
import { plain } from '../../statement.ts';
import { recordsJson } from '../create-records.ts';
import type { ConflictTarget } from '../upsert.ts';
import { explainViolation, type Values } from '../violations.ts';
import type { ImportReport } from './import-report.ts';
import { importText } from './import-sql.ts';

/** A row that its class takes. */
export interface ValidRow {
  readonly line: number;
  readonly values: Values;
}

/** Rows that are written by one statement: of an upsert, all give the same fields. */
export interface Batch {
  readonly rows: ValidRow[];
  readonly given: ReadonlySet<string>;
}

/** Rows that may be written once later ones are there: no more are kept. */
const MAX_DEFERRED = 10_000;

/** Writes the rows of one import, in its transaction. */
export class RowWriter {
  readonly #session: DatabaseSession;
  readonly #model: ModelClass;
  readonly #target: ConflictTarget | null;
  readonly #report: ImportReport;
  readonly #refersToItself: boolean;
  #deferred: Batch[] = [];
  #deferredRows = 0;
  #hasSavepoint = false;

  constructor(
    session: DatabaseSession,
    model: ModelClass,
    target: ConflictTarget | null,
    report: ImportReport,
  ) {
    this.#session = session;
    this.#model = model;
    this.#target = target;
    this.#report = report;
    const { id, fields } = model.definition;
    this.#refersToItself = fields.some((field) => field.to === id);
  }

  /** Writes what the rules of the model let in. Rows that stand in the way are found by halves, and reported. */
  write(batch: Batch): Promise<void> {
    return this.#write(batch, (row, failure) => {
      const isEarly = failure.code === 'reference_violation' && this.#refersToItself;
      if (!isEarly || this.#deferredRows >= MAX_DEFERRED) return this.#refuse(row, failure);
      this.#deferredRows += 1;
      const last = this.#deferred.at(-1);
      // Of an upsert, all rows of a batch give the same fields.
      if (last?.given === batch.given) last.rows.push(row);
      else this.#deferred.push({ rows: [row], given: batch.given });
    });
  }

  /** Writes the rows that referred to later ones, as long as that gets any of them in. */
  async finish(): Promise<void> {
    for (let left = Number.POSITIVE_INFINITY; this.#deferredRows > 0 && this.#deferredRows < left; ) {
      left = this.#deferredRows;
      const batches = this.#deferred;
      this.#deferred = [];
      this.#deferredRows = 0;
      for (const batch of batches) await this.write(batch);
    }
    for (const batch of this.#deferred)
      await this.#write(batch, (row, failure) => this.#refuse(row, failure));
  }

  async #write({ rows, given }: Batch, refuse: (row: ValidRow, failure: Failure) => void): Promise<void> {
    try {
      await this.#writeAll(rows, given);
    } catch (error) {
      const written = { records: rows.map(({ values }) => values), pathOf: () => '' };
      const failure = explainViolation(this.#model, error, written);
      // Rules that are not in force yet, and connections that break, are no matter of a row.
      if (!(failure instanceof Failure) || failure.code === 'model_pending') throw failure;
      await this.#session.query(plain('rollback to savepoint batch'));
      const [first, second] = rows;
      if (first && !second) return refuse(first, failure);
      const middle = Math.ceil(rows.length / 2);
      await this.#write({ rows: rows.slice(0, middle), given }, refuse);
      await this.#write({ rows: rows.slice(middle), given }, refuse);
    }
  }

  #refuse({ line }: ValidRow, { code, message, errors = [] }: Failure): void {
    const findings = errors.map((finding) => ({ ...finding, code }));
    this.#report.skip(line, findings.length > 0 ? findings : [{ path: '', code, message }]);
  }

  async #writeAll(rows: readonly ValidRow[], given: ReadonlySet<string>): Promise<void> {
    const savepoint = 'savepoint batch';
    const text = this.#hasSavepoint ? `release ${savepoint}; ${savepoint}` : savepoint;
    await this.#session.query(plain(text));
    this.#hasSavepoint = true;
    const records = rows.map(({ values }) => values);
    const [row] = await this.#session.query({
      text: importText(this.#model, this.#target, given),
      params: [recordsJson(this.#model, records)],
    });
    const inserted = Number(row?.['inserted'] ?? 0);
    this.#report.inserted += inserted;
    this.#report.updated += Number(row?.['written'] ?? 0) - inserted;
  }
}
