import { noteRecords } from './note-events.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface NoteByKey extends StepBase {
  readonly kind: 'noteByKey';
  readonly modelId: string;
  /** The column of the next key. */
  readonly key: string;
}

/** In the publish transaction: from here on, events name records by the key that the next class knows. */
export const noteByKey: TransactionKind<NoteByKey> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: ({ target, modelId, key }) => noteRecords(target, modelId, key),
};
