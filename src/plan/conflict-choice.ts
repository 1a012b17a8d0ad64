import type { TableName } from './steps/step-kind.ts';

/** What becomes of a relation of somebody else's that stands where a model's is to be. */
export type ConflictChoice = 'renameExisting' | 'adopt';

/** A relation that makes way, and what it is called then. */
export interface AsideRelation extends TableName {
  readonly as: string;
}
