import type { Definition } from '../../definition/definition.ts';
import { stableId } from '../../definition/physical-names.ts';
import type { ModelContext } from '../model-context.ts';
import type { Step } from '../steps.ts';
import type { Keep } from './keep.ts';

/** What brings a model and its table together again. */
export interface Repair {
  /** The model as the database has it, where a definition can say it: the plan begins there. */
  readonly asFound?: Definition;
  /** The model as it will be; null where it is given up. */
  readonly next: Definition | null;
  /** What else is to be done. */
  readonly steps?: (context: ModelContext) => readonly Step[];
  /** Whether the view is to be made anew. */
  readonly isRepublished?: true;
  /** Whether something leaves the definition that was in it. */
  readonly isDestructive?: true;
}

/** One point in which the database is not as the catalog says. */
export interface Difference {
  /** The same for as long as it is there. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly model: string;
  readonly field?: string;
  readonly message: string;
  readonly repairs: Readonly<Partial<Record<Keep, Repair>>>;
}

export type DifferenceKind =
  | 'tableMissing'
  | 'tableBlocked'
  | 'rightsMissing'
  | 'columnMissing'
  | 'columnAdded'
  | 'columnType'
  | 'columnNullable'
  | 'columnDefault'
  | 'listMissing'
  | 'indexAdded'
  | 'indexMissing'
  | 'indexInvalid'
  | 'constraintAdded'
  | 'constraintMissing'
  | 'constraintInvalid'
  | 'computedChanged'
  | 'feedMissing'
  | 'viewMissing'
  | 'viewChanged'
  | 'viewBlocked';

/** A difference of a model about one thing, by its name in Postgres. */
export function difference(
  model: Definition,
  kind: DifferenceKind,
  subject: string,
  message: string,
  repairs: Difference['repairs'],
  field?: string,
): Difference {
  const id = stableId(model.id, kind, subject);
  return { id, kind, model: model.name, ...(field === undefined ? {} : { field }), message, repairs };
}
