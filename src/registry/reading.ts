import type { Entry } from './class-cache.ts';

/** What one request has learned, so that nothing is asked twice. */
export class Reading {
  readonly workspace: string;
  /** Entries that were current after the request began. */
  readonly trusted = new Set<Entry>();
  readonly unknown = new Set<string>();
  /** Postgres knew less than a class did: the catalog was asked, and its word is final. */
  isFromCatalog = false;

  constructor(workspace: string) {
    this.workspace = workspace;
  }

  trust(entry: Entry): Entry {
    this.trusted.add(entry);
    return entry;
  }
}
