import { type AddColumn, addColumn } from './steps/add-column.ts';
import { type AddComputed, addComputed } from './steps/add-computed.ts';
import { type AddConstraint, addConstraint } from './steps/add-constraint.ts';
import { type AddKey, addKey } from './steps/add-key.ts';
import { type AddPair, addPair } from './steps/add-pair.ts';
import { type AddShadow, addShadow } from './steps/add-shadow.ts';
import { type AdoptTable, adoptTable } from './steps/adopt-table.ts';
import { type AlignTable, alignTable } from './steps/align-table.ts';
import { type Backfill, backfill } from './steps/backfill.ts';
import { type ClearOrphans, clearOrphans } from './steps/clear-orphans.ts';
import { type Convert, convert } from './steps/convert.ts';
import { type CopyLinks, copyLinks } from './steps/copy-links.ts';
import { type CreateExtension, createExtension } from './steps/create-extension.ts';
import { type CreateIndex, createIndex } from './steps/create-index.ts';
import { type CreateJoinTable, createJoinTable } from './steps/create-join-table.ts';
import { type CreateSequence, createSequence } from './steps/create-sequence.ts';
import { type CreateTable, createTable } from './steps/create-table.ts';
import { type DropComputed, dropComputed } from './steps/drop-computed.ts';
import { type DropConstraint, dropConstraint } from './steps/drop-constraint.ts';
import { type DropIndex, dropIndex } from './steps/drop-index.ts';
import { type DropMirror, dropMirror } from './steps/drop-mirror.ts';
import { type DropNotNull, dropNotNull } from './steps/drop-not-null.ts';
import { type DropPair, dropPair } from './steps/drop-pair.ts';
import { type DropShadow, dropShadow } from './steps/drop-shadow.ts';
import { type DropUniqueIndex, dropUniqueIndex } from './steps/drop-unique-index.ts';
import { type FillList, fillList } from './steps/fill-list.ts';
import { type GrantTable, grantTable } from './steps/grant-table.ts';
import { type Keep, keep } from './steps/keep.ts';
import { type MirrorLinks, mirrorLinks } from './steps/mirror-links.ts';
import { type NoteByKey, noteByKey } from './steps/note-by-key.ts';
import { type NoteLinks, noteLinks } from './steps/note-links.ts';
import { type PruneLinks, pruneLinks } from './steps/prune-links.ts';
import { type Publish, publish } from './steps/publish.ts';
import { type ReleaseNames, releaseNames } from './steps/release-names.ts';
import { type RenameIndex, renameIndex } from './steps/rename-index.ts';
import { type ReplaceView, replaceView } from './steps/replace-view.ts';
import { type RestoreColumn, restoreColumn } from './steps/restore-column.ts';
import { type RestoreTable, restoreTable } from './steps/restore-table.ts';
import { type SetAside, setAside } from './steps/set-aside.ts';
import { type SetDefault, setDefault } from './steps/set-default.ts';
import { type SetNotNull, setNotNull } from './steps/set-not-null.ts';
import type {
  BatchKind,
  DirectKind,
  PublishKind,
  StepBase,
  TableName,
  TransactionKind,
} from './steps/step-kind.ts';
import { type SwapKey, swapKey } from './steps/swap-key.ts';
import { type SwitchColumn, switchColumn } from './steps/switch-column.ts';
import { type SwitchKey, switchKey } from './steps/switch-key.ts';
import { type SwitchToList, switchToList } from './steps/switch-to-list.ts';
import { type SwitchToReference, switchToReference } from './steps/switch-to-reference.ts';
import { type TrashColumn, trashColumn } from './steps/trash-column.ts';
import { type TrashTable, trashTable } from './steps/trash-table.ts';
import { type ValidateConstraint, validateConstraint } from './steps/validate-constraint.ts';
import { type WidenColumn, widenColumn } from './steps/widen-column.ts';

/** One unit of a plan, as data: it is stored in the catalog before it runs. */
export type Step =
  | AddColumn
  | AddComputed
  | AddConstraint
  | AddKey
  | AddPair
  | AddShadow
  | AdoptTable
  | AlignTable
  | Backfill
  | ClearOrphans
  | Convert
  | CopyLinks
  | CreateExtension
  | CreateIndex
  | CreateJoinTable
  | CreateSequence
  | CreateTable
  | DropComputed
  | DropConstraint
  | DropIndex
  | DropMirror
  | DropNotNull
  | DropPair
  | DropShadow
  | DropUniqueIndex
  | FillList
  | GrantTable
  | Keep
  | MirrorLinks
  | NoteByKey
  | NoteLinks
  | PruneLinks
  | Publish
  | ReleaseNames
  | RenameIndex
  | ReplaceView
  | RestoreColumn
  | RestoreTable
  | SetAside
  | SetDefault
  | SetNotNull
  | SwapKey
  | SwitchColumn
  | SwitchKey
  | SwitchToList
  | SwitchToReference
  | TrashColumn
  | TrashTable
  | ValidateConstraint
  | WidenColumn;

/** What a step of any kind can do. */
export type StepKind<S extends StepBase> = TransactionKind<S> | DirectKind<S> | BatchKind<S> | PublishKind<S>;

const STEP_KINDS: { readonly [K in Step['kind']]: StepKind<Extract<Step, { kind: K }>> } = {
  addColumn,
  addComputed,
  addConstraint,
  addKey,
  addPair,
  addShadow,
  adoptTable,
  alignTable,
  backfill,
  clearOrphans,
  convert,
  copyLinks,
  createExtension,
  createIndex,
  createJoinTable,
  createSequence,
  createTable,
  dropComputed,
  dropConstraint,
  dropIndex,
  dropMirror,
  dropNotNull,
  dropPair,
  dropShadow,
  dropUniqueIndex,
  fillList,
  grantTable,
  keep,
  mirrorLinks,
  noteByKey,
  noteLinks,
  pruneLinks,
  publish,
  releaseNames,
  renameIndex,
  replaceView,
  restoreColumn,
  restoreTable,
  setAside,
  setDefault,
  setNotNull,
  swapKey,
  switchColumn,
  switchKey,
  switchToList,
  switchToReference,
  trashColumn,
  trashTable,
  validateConstraint,
  widenColumn,
};

/** The kind of a step, typed for that step. */
export function kindOf<S extends Step>(step: S): StepKind<S> {
  // The table above pairs each kind with its own step type; TypeScript cannot follow that through an index.
  return STEP_KINDS[step.kind] as unknown as StepKind<S>;
}

/** Whether values may lose something by a step. */
export function isLossy(step: Step): boolean {
  return 'lossy' in step && step.lossy;
}

/** The tables that a step locks. */
export function tablesOfStep(step: Step): readonly TableName[] {
  return 'pair' in step ? [step.target, step.pair.links] : [step.target];
}
