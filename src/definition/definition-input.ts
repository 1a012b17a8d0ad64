import type { Default, FieldType, IndexCondition, IndexKind, KeyType, OnDelete } from './definition.ts';

/** A field as a client writes it: references by model name, no column needed. Already validated in itself. */
export interface FieldInput {
  readonly id?: string;
  readonly name: string;
  readonly renamedFrom?: string;
  readonly type: FieldType | 'computed';
  readonly label?: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly index?: boolean;
  readonly default?: Default;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly precision?: number;
  readonly scale?: number;
  readonly dimensions?: number;
  readonly options?: readonly string[];
  /** The name of the model that is referred to. */
  readonly to?: string;
  readonly onDelete?: OnDelete;
  /** `computed` only: an expression over the model's own fields, by today's names. */
  readonly expression?: string;
  /** `computed` only, and only in answers: the type of the values. */
  readonly result?: FieldType;
}

/** An index as a client writes it: fields by name, `-` ahead of a name means descending. */
export interface ModelIndexInput {
  readonly fields: readonly string[];
  readonly unique?: boolean;
  readonly kind?: IndexKind;
  /** A filter by field names. */
  readonly where?: IndexCondition;
}

/** A definition as a client writes it, validated in itself: names fit the grammar, properties fit the types. */
export interface DefinitionInput {
  readonly id?: string;
  readonly name: string;
  readonly renamedFrom?: string;
  readonly label?: string;
  readonly key?: KeyType;
  readonly fields: readonly FieldInput[];
  readonly indexes?: readonly ModelIndexInput[];
}
