import type { Definition } from '../definition/definition.ts';

/** A published model: its definition, and which version that is. */
export interface PublishedModel {
  readonly definition: Definition;
  readonly version: number;
  readonly hash: string;
}

/** What a plan starts from: what the catalog knows of the models that it touches, which may be all. */
export interface WorkspaceState {
  readonly workspaceId: string;
  readonly slug: string;
  readonly models: readonly PublishedModel[];
  /** Physical names that are taken, by what was dropped as well; `column` null for a whole table. */
  readonly occupied: readonly { readonly table: string; readonly column: string | null }[];
}
