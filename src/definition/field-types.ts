import type { FieldType } from './definition.ts';
import type { FieldTypeSpec } from './field-type.ts';
import { bigint } from './field-types/bigint.ts';
import { boolean } from './field-types/boolean.ts';
import { choice } from './field-types/choice.ts';
import { choices } from './field-types/choices.ts';
import { date } from './field-types/date.ts';
import { decimal } from './field-types/decimal.ts';
import { email } from './field-types/email.ts';
import { float } from './field-types/float.ts';
import { integer } from './field-types/integer.ts';
import { interval } from './field-types/interval.ts';
import { json } from './field-types/json.ts';
import { point } from './field-types/point.ts';
import { reference } from './field-types/reference.ts';
import { references } from './field-types/references.ts';
import { text } from './field-types/text.ts';
import { time } from './field-types/time.ts';
import { timestamp } from './field-types/timestamp.ts';
import { url } from './field-types/url.ts';
import { uuid } from './field-types/uuid.ts';
import { vector } from './field-types/vector.ts';

const FIELD_TYPES: Readonly<Record<FieldType, FieldTypeSpec>> = {
  text,
  integer,
  bigint,
  decimal,
  float,
  boolean,
  date,
  time,
  timestamp,
  interval,
  uuid,
  json,
  choice,
  choices,
  email,
  url,
  reference,
  references,
  point,
  vector,
};

/** The names of the types that fields may have. */
export const FIELD_TYPE_NAMES: readonly string[] = Object.keys(FIELD_TYPES);

/** Whether a text names a type. */
export function isFieldType(name: string): name is FieldType {
  return Object.hasOwn(FIELD_TYPES, name);
}

/** Everything about the type of a field. */
export function specOf(field: { readonly type: FieldType }): FieldTypeSpec {
  return FIELD_TYPES[field.type];
}
