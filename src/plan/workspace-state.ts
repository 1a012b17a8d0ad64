import type { Definition } from '../definition/definition.ts';
import type { Extension } from '../definition/extensions.ts';
import type { PastDefinition, TrashEntry } from './trash-entry.ts';

/** A published model: its definition, and which version that is. */
export interface PublishedModel {
  readonly definition: Definition;
  readonly version: number;
  readonly hash: string;
}

/** The one order of models, by which the steps of a plan, and so its hash, are the same whoever works it out. */
export function inOrder(models: readonly PublishedModel[]): readonly PublishedModel[] {
  return models.toSorted((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
}

/** What a plan starts from: what the catalog knows of the models that it touches, which may be all. */
export interface WorkspaceState {
  readonly workspaceId: string;
  readonly slug: string;
  /** In order of their names. */
  readonly models: readonly PublishedModel[];
  /** Extensions that the database has, and whose types can be named without a schema. */
  readonly extensions: readonly Extension[];
  /** Physical names that no new table or column gets. */
  readonly occupied: readonly OccupiedName[];
  /** What lies in the trash, newest first; empty where the plan asks for none of it. */
  readonly trash: readonly TrashEntry[];
  /** Definitions of before that the plan asks for. */
  readonly past: readonly PastDefinition[];
}

/** A name that is taken, by what was dropped as well. */
export interface OccupiedName {
  readonly table: string;
  /** Null for the table itself. */
  readonly column: string | null;
  /** What the column is called in the trash, once no class can know it. */
  readonly trashedAs?: string;
  /** It is free again in Postgres, but ids were made of it. */
  readonly isFormer?: true;
}
