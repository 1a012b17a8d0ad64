import { canonicalJson } from '../../src/definition/canonical.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { DatabaseError } from '../../src/ports.ts';
import type { ChangeKind, Step } from './changes.ts';
import { FIRST, type Form, gross, inForm, type Value } from './definitions.ts';
import type { Rules } from './rules.ts';

/** A row of `remodel.changes`, with those of `remodel.steps`. */
export interface Change {
  readonly seq: number;
  readonly kind: ChangeKind;
  status: 'queued' | 'running' | 'published' | 'done' | 'failed' | 'cancelled';
  runner: string | null;
  cancelRequested: boolean;
  error: string | null;
  /** Null until the plan is written down. */
  plan: { readonly steps: readonly Step[]; readonly definition: Definition } | null;
  committed: Version | null;
  /** When Redis had confirmed the heads. */
  publishedAt: number | null;
  contractAt: number | null;
}

/** A row of `remodel.versions`, with what the model knows of it. */
export interface Version {
  readonly seq: number;
  readonly version: number;
  readonly hash: string;
  readonly definition: Definition;
  /** When Redis first said so. */
  confirmedAt: number | null;
}

/** A connection with its session lock. */
export interface Session {
  isOpen: boolean;
}

/** The catalog and one table. Every method is one statement, or one transaction: it happens at once, or not. */
export class SimulatedPostgres {
  readonly changes: Change[] = [];
  readonly versions: Version[] = [];
  readonly columns = new Map<string, Form>([[gross(FIRST).column, 'text']]);
  readonly indexes = new Map<string, 'valid' | 'invalid'>();
  readonly rows = new Map<number, Map<string, Value>>();
  /** Two columns that are kept in step, from expand to contract. */
  trigger: { readonly from: string; readonly to: string } | null = null;
  /** The number that was last written into each row, whatever the column. */
  readonly written = new Map<number, number>();
  /** Statements that have their snapshot, and with it a lock on the table that DDL waits for. */
  readonly writers = new Set<object>();
  /** Of people who use SQL: each knows the version that was published when it began. */
  readonly transactions = new Set<{ readonly began: number; readonly version: number }>();
  lockedBy: Session | null = null;
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.publish(FIRST);
    for (const id of [1, 3]) this.write(id, gross(FIRST).column, id);
  }

  get published(): Version {
    const version = this.versions.at(-1);
    if (!version) throw new TypeError('there always is a version');
    return version;
  }

  publish(definition: Definition): Version {
    const before = this.versions.at(-1);
    const version: Version = {
      // As the real sequence, which all workspaces share: in steps greater than one.
      seq: (before?.seq ?? 7) + 2,
      version: (before?.version ?? 0) + 1,
      hash: hashDefinition(definition),
      definition,
      confirmedAt: null,
    };
    this.versions.push(version);
    return version;
  }

  bodyOf(hash: string): string {
    const found = this.versions.find((version) => version.hash === hash);
    if (!found) throw new TypeError('a head names a definition that was never published');
    return canonicalJson(found.definition);
  }

  addColumn(column: string, form: Form): true {
    if (this.columns.has(column)) throw new DatabaseError('the column exists', { sqlState: '42701' });
    this.columns.set(column, form);
    return true;
  }

  /** With its indexes, as Postgres does. */
  dropColumn(column: string): void {
    this.columns.delete(column);
    this.indexes.delete(column);
    for (const row of this.rows.values()) row.delete(column);
  }

  assertColumn(column: string): Form {
    const form = this.columns.get(column);
    if (!form) throw new DatabaseError('no such column', { sqlState: '42703', column });
    return form;
  }

  /** The column before the published one, while it can be gone back to. */
  get columnBefore(): string | null {
    const { column } = gross(this.published.definition);
    return this.trigger?.to === column ? this.trigger.from : null;
  }

  /** `remodel.assert_current`, in the snapshot of the statement that writes. */
  assertCurrent(version: number): void {
    if (this.published.version !== version) throw new DatabaseError('moved on', { sqlState: 'RM001' });
  }

  /** Insert or update, with the trigger's part. */
  write(id: number, column: string, value: number): void {
    const row = this.rows.get(id) ?? new Map<string, Value>();
    this.rows.set(id, row);
    row.set(column, inForm(this.assertColumn(column), value));
    this.written.set(id, value);
    if (!this.trigger || !this.#rules.trigger) return;
    const { from, to } = this.trigger;
    const other = column === from ? to : from;
    row.set(other, inForm(this.assertColumn(other), value));
  }

  /** `pg_try_advisory_lock`; it goes with its session. */
  lock(session: Session): boolean {
    if (this.#rules.lock && this.lockedBy?.isOpen) return false;
    this.lockedBy = session;
    return true;
  }
}
