import type { KeyType } from '../definition/definition.ts';
import type { DefinitionInput, FieldInput, ModelIndexInput } from '../definition/definition-input.ts';
import type { FoundTables } from './adopt/found-tables.ts';
import type { AsideRelation, ConflictChoice } from './conflict-choice.ts';
import type { ConversionOptions } from './conversions/field-conversion.ts';
import type { FoundModel } from './drift/found-model.ts';
import type { Keep } from './drift/keep.ts';

/** One imperative wish, as a client writes it. Models and fields are named as they are when its turn comes. */
export type Operation =
  | { readonly op: 'createModel'; readonly definition: DefinitionInput }
  | { readonly op: 'renameModel'; readonly from: string; readonly to: string }
  | { readonly op: 'dropModel'; readonly model: string }
  | { readonly op: 'addField'; readonly model: string; readonly field: FieldInput }
  | { readonly op: 'renameField'; readonly model: string; readonly from: string; readonly to: string }
  | {
      readonly op: 'alterField';
      readonly model: string;
      readonly field: string;
      readonly set: Readonly<Record<string, unknown>>;
    }
  | { readonly op: 'dropField'; readonly model: string; readonly field: string }
  | {
      readonly op: 'addIndex' | 'addUnique' | 'dropIndex' | 'dropUnique';
      readonly model: string;
      readonly index: ModelIndexInput;
    }
  | {
      readonly op: 'changeKey';
      readonly model: string;
      readonly key: KeyType;
      /** Give records new keys, even where those that they have would become keys of that type. */
      readonly generate?: boolean;
    }
  | { readonly op: 'alignNames'; readonly model: string }
  | {
      readonly op: 'restore';
      /** The id of what lies in the trash. */
      readonly trash: string;
      /** The name that it gets, where it is not to be the one that it had. */
      readonly as?: string;
    }
  | {
      readonly op: 'rollbackModel';
      readonly model: string;
      /** The version that it is to be like. */
      readonly to: number;
    }
  /** A difference between the database and the catalog, and which of them is right. */
  | { readonly op: 'repair'; readonly difference: string; readonly keep: Keep }
  /** A table, `schema.table`, or all those of a schema that are no models yet. */
  | { readonly op: 'adopt'; readonly table?: string; readonly schema?: string; readonly as?: string };

/** What was asked for, validated in itself: `models` or `operations`, and what goes with them. */
export interface ChangeRequest {
  readonly models?: readonly DefinitionInput[];
  /** Trash the models that `models` does not name. */
  readonly prune?: boolean;
  readonly operations?: readonly Operation[];
  /** Answers to a plan's questions, by the question's id. */
  readonly answers?: Readonly<Record<string, boolean>>;
  /** `MODEL.FIELD` to the JSON value that existing rows get in a field that becomes required. */
  readonly backfill?: Readonly<Record<string, unknown>>;
  /** `MODEL.FIELD`, by its new names, to what becomes of values that do not convert by themselves. */
  readonly conversions?: Readonly<Record<string, ConversionOptions>>;
  /** Hashes that models must have when the change's turn comes, by name: a guard against lost updates. */
  readonly expect?: Readonly<Record<string, string>>;
  /** What was found in Postgres of what is to be adopted: added where the request comes in. */
  readonly found?: FoundTables;
  /** Relations of somebody else's by `schema.name`, and what becomes of them where a model's is to be. */
  readonly conflicts?: Readonly<Record<string, ConflictChoice>>;
  /** What makes way by these choices: added where the request comes in. */
  readonly aside?: readonly AsideRelation[];
  /** The same of the models that are to be repaired. */
  readonly foundModels?: readonly FoundModel[];
  /** The ids of the models that it may touch, where who asks is limited to some: added where the request comes in. */
  readonly only?: readonly string[];
  /** Apply exactly the plan with this hash. */
  readonly confirm?: string;
}
