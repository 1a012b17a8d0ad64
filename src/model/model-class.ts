import type { PgTable } from 'drizzle-orm/pg-core';
import * as v from 'valibot';
import type { Definition } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { keyField } from '../definition/system-fields.ts';
import { Failure } from '../failure.ts';
import { drizzleTable } from './drizzle-table.ts';
import { fieldsOf, type ModelField } from './model-field.ts';
import { createSchema, type RecordSchema, updateSchema } from './record-schema.ts';
import { findingsOf } from './validation.ts';

/** Which published definition a class was made from. */
export interface Published {
  readonly workspace: string;
  readonly version: number;
  readonly hash: string;
  readonly definition: Definition;
}

/**
 * The class that the factory makes from a definition: `new Movie({…})` is a validated record. Everything on it
 * depends on the definition alone and is made once per class.
 */
export interface ModelClass extends Published {
  /** Throws `validation_failed`, with every finding. Absent fields get their defaults. */
  new (values: unknown): ModelRecord;
  /** System fields first, then the definition's, by name. */
  readonly fields: ReadonlyMap<string, ModelField>;
  /** The quoted column of the key. */
  readonly keyColumn: string;
  readonly createSchema: RecordSchema;
  readonly updateSchema: RecordSchema;
  /** For queries in code: `drizzle(…).select().from(Movie.table)`. */
  readonly table: PgTable;
  /** SQL text by query shape, filled as shapes come up. */
  readonly texts: Map<string, string>;
}

/** A record that was validated and not yet written: by field name, the text of each column. */
export interface ModelRecord {
  readonly columns: Readonly<Record<string, string | null>>;
}

/** Makes the class of a definition. No I/O, no eval. */
export function makeModelClass(published: Published): ModelClass {
  const { definition } = published;
  // Made when they are asked for: who only reads needs none of these.
  let create: RecordSchema | undefined;
  let update: RecordSchema | undefined;
  let table: PgTable | undefined;

  class Model implements ModelRecord {
    static readonly workspace = published.workspace;
    static readonly version = published.version;
    static readonly hash = published.hash;
    static readonly definition = definition;
    static readonly fields = fieldsOf(published.workspace, definition);
    static readonly keyColumn = quoteIdentifier(keyField(definition).column);
    static readonly texts = new Map<string, string>();

    static get createSchema(): RecordSchema {
      create ??= createSchema(definition);
      return create;
    }

    static get updateSchema(): RecordSchema {
      update ??= updateSchema(definition);
      return update;
    }

    static get table(): PgTable {
      table ??= drizzleTable(published.workspace, definition);
      return table;
    }

    readonly columns: Readonly<Record<string, string | null>>;

    constructor(values: unknown) {
      const parsed = v.safeParse(Model.createSchema, values);
      if (!parsed.success) {
        throw new Failure('validation_failed', `this is not a ${definition.name}`, {
          errors: findingsOf(parsed.issues, ''),
        });
      }
      this.columns = parsed.output;
    }
  }
  Object.defineProperty(Model, 'name', { value: definition.name });
  return Model;
}
