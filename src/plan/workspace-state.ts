import type { Definition } from '../definition/definition.ts';

/** A published model: its definition, and which version that is. */
export interface PublishedModel {
  readonly definition: Definition;
  readonly version: number;
  readonly hash: string;
}

/** What a plan starts from: everything that the catalog knows of a workspace's models. */
export interface WorkspaceState {
  readonly workspaceId: string;
  readonly slug: string;
  readonly models: readonly PublishedModel[];
  /** Grows with each publish; makes the ids of new models and fields unique without chance in them. */
  readonly seq: number;
  /** Physical names that are taken by what lies in the trash; `column` null for a whole table. */
  readonly occupied: readonly { readonly table: string; readonly column: string | null }[];
}

/** The schema that holds the tables of a workspace. */
export function dataSchema(slug: string): string {
  return `${slug}_data`;
}

/** The schema that holds the tables of models in the trash. */
export function trashSchema(slug: string): string {
  return `${slug}_trash`;
}
