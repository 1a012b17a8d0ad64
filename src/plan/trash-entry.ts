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
  readonly changeId: string;
}

/** A model in the trash: its table and its join tables stand in the schema of the trash. */
export interface TrashedModel {
  readonly kind: 'model';
  readonly id: string;
  readonly modelId: string;
  readonly definition: Definition;
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
