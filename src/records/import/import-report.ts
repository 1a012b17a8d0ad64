import type { Finding } from '../../failure.ts';

/** What is wrong with a row: `path` points into the record that it would be. */
export interface ImportFinding extends Finding {
  /** Of the file, counted from 1. */
  readonly line: number;
}

const MAX_ERRORS = 1000;

/** What became of the rows of an import. */
export class ImportReport {
  inserted = 0;
  updated = 0;
  /** Rows that were not written. */
  skipped = 0;
  /** All that is wrong, of which `errors` holds the first. */
  errorCount = 0;
  readonly #errors: ImportFinding[] = [];

  /** In the order of the file: what the database refuses is heard of later than the rest. */
  get errors(): readonly ImportFinding[] {
    return this.#errors.toSorted((a, b) => a.line - b.line);
  }

  get isFull(): boolean {
    return this.#errors.length >= MAX_ERRORS;
  }

  /** A row that does not fit, with all that is wrong with it. */
  skip(line: number, findings: readonly Finding[]): void {
    this.skipped += 1;
    this.errorCount += findings.length;
    for (const { path, code, message } of findings) {
      if (!this.isFull) this.#errors.push({ line, path, code, message });
    }
  }
}
