import type { Definition, Field } from '../../definition/definition.ts';
import { quoteIdentifier } from '../../definition/identifiers.ts';
import { keyField } from '../../definition/system-fields.ts';
import type { Conversion } from './conversion.ts';

/** The records that a reference refers to: quoted, the table with its schema and the column of its key. */
export interface Referred {
  readonly table: string;
  readonly key: string;
}

/** The records that a reference leads to, and the field by which they are found: their key, or another. */
export interface Link extends Referred {
  readonly by: Field;
  /** The quoted column of the key before, while the model has two. */
  readonly formerKey?: string;
}

/** The link to a model; undefined where it has no field of that name. */
export function linkTo(
  target: Pick<Definition, 'key' | 'keyColumn' | 'fields'>,
  referred: Referred,
  match = 'id',
): Link | undefined {
  const by = match === 'id' ? keyField(target) : target.fields.find((field) => field.name === match);
  return by && { ...referred, by };
}

type ConversionOf = (from: Field, to: Field) => Conversion | null;

/** To the record that the value leads to: none, or several of the same value, are no such record. */
export function toReference(
  from: Field,
  { table, key, by }: Link,
  conversionOf: ConversionOf,
): Conversion | null {
  const conversion = conversionOf(from, by);
  if (!conversion) return null;
  const found = (value: string) =>
    `from ${table} as r where r.${quoteIdentifier(by.column)} = ${conversion.sql(value)}`;
  return {
    fidelity: conversion.fidelity,
    isTotal: false,
    sql: (value) =>
      by.id === 'id'
        ? `(select r.${key} ${found(value)})`
        : `(select case when count(*) = 1 then (array_agg(r.${key}))[1] end ${found(value)})`,
  };
}

/** From a reference to the key, or to a field of the record that it leads to. */
export function fromReference(
  to: Field,
  { table, key, by }: Link,
  conversionOf: ConversionOf,
): Conversion | null {
  const conversion = conversionOf(by, to);
  if (!conversion || by.id === 'id') return conversion;
  const value = (reference: string) =>
    `(select r.${quoteIdentifier(by.column)} from ${table} as r where r.${key} = ${reference})`;
  return {
    // Two records may have the same value: which of them it was is lost.
    fidelity: 'lossy',
    isTotal: false,
    sql: (reference) => conversion.sql(value(reference)),
  };
}

/** From the key of a record to its other one, while its model has two; null where it has one. */
export function acrossKeys(from: Field, { table, key, formerKey, by }: Link): Conversion | null {
  if (formerKey === undefined) return null;
  const [found, wanted] = from.toKey === by.type ? [key, formerKey] : [formerKey, key];
  const sql = (value: string) => `(select r.${wanted} from ${table} as r where r.${found} = ${value})`;
  return { fidelity: 'exact', isTotal: false, sql };
}
