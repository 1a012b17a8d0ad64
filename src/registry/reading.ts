import type { Entry } from './class-cache.ts';
import type { Pass } from './pass.ts';

/** What one request has learned, so that nothing is asked twice. */
export class Reading {
  readonly workspace: string;
  /** What is asked for with the heads. */
  readonly pass: Pass | null;
  /** Entries that were current after the request began. */
  readonly trusted = new Set<Entry>();
  readonly unknown = new Set<string>();
  /** Postgres knew less than a class did: the catalog was asked, and its word is final. */
  isFromCatalog = false;

  constructor(workspace: string, pass: Pass | null = null) {
    this.workspace = workspace;
    this.pass = pass;
  }

  trust(entry: Entry): Entry {
    this.trusted.add(entry);
    return entry;
  }
}
