import type { Definition, Field } from '../definition/definition.ts';

/** A field in the trash: its column still stands in the table, or its join table beside it. */
export interface TrashedField {
  readonly kind: 'field';
  readonly id: string;
  readonly modelId: string;
  /** `converted`: the field went on in another column, and this one holds what it was before. */
  readonly reason: 'dropped' | 'converted';
  readonly field: Field;
  /** What the column is called at this moment; of a list, its join table. */
  readonly stored: string;
  /** What it is called once the contract steps of its drop are done. */
  readonly trashedAs: string;
  /** The model as it was when it had the field; null where that is not known. */
  readonly before: Definition | null;
  /** Of a list: its join table, where it lies in the schema of the trash at this moment. */
  readonly lists: readonly string[];
  readonly changeId: string;
}

/** A model in the trash: its table stands in a schema of the trash, and so do its join tables. */
export interface TrashedModel {
  readonly kind: 'model';
  readonly id: string;
  readonly modelId: string;
  readonly definition: Definition;
  /** The schema in which its table lies at this moment; null: it stands where it stood. */
  readonly schema: string | null;
  /** In which it lies once the contract steps of its drop are done; null: nothing has moved it. */
  readonly trashSchema: string | null;
  /** Its join tables that lie in the schema of the trash at this moment. */
  readonly lists: readonly string[];
  /** Its last one. */
  readonly version: number;
  readonly changeId: string;
}

/** What was dropped and is still there. */
export type TrashEntry = TrashedField | TrashedModel;

/** A definition that was published once. */
export interface PastDefinition {
  readonly version: number;
  readonly definition: Definition;
}
