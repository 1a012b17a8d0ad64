import type { Definition } from '../../definition/definition.ts';
import { createView } from '../view.ts';
import type { PublishKind, StepBase } from './step-kind.ts';

/** A definition that becomes the published one of its model. */
export interface PublishedDefinition {
  readonly definition: Definition;
  readonly hash: string;
  readonly version: number;
}

/** Something that goes to the trash with this publish. */
export interface Trashed {
  readonly kind: 'field' | 'model';
  /** `converted`: the field goes on in another column. */
  readonly reason: 'dropped' | 'converted';
  readonly name: string;
  readonly modelId: string;
  readonly fieldId: string | null;
  readonly table: string;
  readonly column: string | null;
  readonly body: unknown;
}

/** Something that lies in the trash no more: of a field, by the column that it has again. */
export interface Returned {
  readonly kind: 'field' | 'model';
  readonly modelId: string;
  readonly column: string | null;
}

export interface Publish extends StepBase {
  readonly kind: 'publish';
  readonly published: readonly PublishedDefinition[];
  /** Models that are no more. */
  readonly droppedIds: readonly string[];
  /** Names that belong to no model from here on. */
  readonly retiredNames: readonly string[];
  readonly trashed: readonly Trashed[];
  readonly restored?: readonly Returned[];
  /** Where the readable views of the models stand. */
  readonly viewSchema: string;
}

export const publish: PublishKind<Publish> = {
  mode: 'publish',
  lock: 'rows of the catalog; ACCESS EXCLUSIVE on the views that change',
  sql: (step) => step.published.map((model) => createView(step.viewSchema, model.definition)),
};
