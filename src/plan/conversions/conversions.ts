import type { Field, FieldType } from '../../definition/definition.ts';
import { specOf } from '../../definition/field-types.ts';
import { always, type Conversion, type ConversionsFrom } from './conversion.ts';
import { acrossKeys, fromReference, type Link, toReference } from './reference.ts';
import { toDate, toInterval, toTime, toTimestamp } from './to-moment.ts';
import { toBigint, toDecimal, toFloat, toInteger } from './to-number.ts';
import { toBoolean, toChoices, toJson, toPoint, toUuid } from './to-other.ts';
import { toChoice, toText } from './to-text.ts';

const same: ConversionsFrom = { text: always((value) => value) };

/** Conversions by the type that they lead to. What is missing is refused. `docs/conversions.md` is their table. */
const CONVERSIONS: Readonly<Partial<Record<FieldType, ConversionsFrom>>> = {
  text: toText,
  choice: toChoice,
  choices: toChoices,
  email: same,
  url: same,
  integer: toInteger,
  bigint: toBigint,
  decimal: toDecimal,
  float: toFloat,
  boolean: toBoolean,
  date: toDate,
  time: toTime,
  timestamp: toTimestamp,
  interval: toInterval,
  point: toPoint,
  uuid: toUuid,
  json: toJson,
};

/** What is only to be in another column. */
const AS_IT_IS: Conversion = { fidelity: 'exact', isTotal: true, sql: (value) => value };

function isOfOneType(a: Field, b: Field): boolean {
  return a.type === b.type && a.to === b.to && specOf(a).columnType(a) === specOf(b).columnType(b);
}

/**
 * How values get from one field to the next of the same id; null where no one would expect them to. `link` is
 * that of the one of them that is a reference.
 */
export function conversionOf(from: Field, to: Field, link: Link | null): Conversion | null {
  const plain = (a: Field, b: Field) => CONVERSIONS[b.type]?.[kept(a.type)]?.(a, b) ?? null;
  if (isOfOneType(from, to)) return AS_IT_IS;
  if (link && from.to !== undefined && from.to === to.to) return acrossKeys(from, link);
  if (link && to.to !== undefined) return toReference(from, link, plain);
  if (link && from.to !== undefined) return fromReference(to, link, plain);
  return plain(from, to);
}

/** Types whose values are any text. */
function kept(type: FieldType): FieldType {
  return type === 'choice' || type === 'email' || type === 'url' ? 'text' : type;
}

/** SQL of a value as the text that clients know it by: what `map` names it by. */
export function textOf(field: Field, value: string): string {
  return toText[kept(field.type)]?.(field, { ...field, type: 'text' })?.sql(value) ?? `${value}::text`;
}
