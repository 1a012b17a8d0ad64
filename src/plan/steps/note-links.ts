import { noteUnlinked } from './note-events.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface NoteLinks extends StepBase {
  readonly kind: 'noteLinks';
  /** The model whose lists the join table holds. */
  readonly modelId: string;
}

/** From here on, records that lose a link with what it led to make events again. */
export const noteLinks: TransactionKind<NoteLinks> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: ({ target, modelId }) => noteUnlinked(target, modelId),
};
