import type { Definition, Field } from '../../definition/definition.ts';
import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { Conversion } from './conversion.ts';

/** The model that a reference leads to, and the field by which its records are found: their key, or another. */
export interface Link {
  /** Quoted and qualified. */
  readonly table: string;
  readonly by: Field;
}

/** The link to a model; undefined where it has no field of that name. */
export function linkTo(
  target: Pick<Definition, 'key' | 'fields'>,
  table: string,
  match: string | undefined,
): Link | undefined {
  const key: Field = { id: 'id', name: 'id', column: 'id', type: target.key };
  const by = match === undefined || match === 'id' ? key : target.fields.find((f) => f.name === match);
  return by && { table, by };
}

type ConversionOf = (from: Field, to: Field) => Conversion | null;

/** To the record that the value leads to: none, or several of the same value, are no such record. */
export function toReference(from: Field, { table, by }: Link, conversionOf: ConversionOf): Conversion | null {
  const conversion = conversionOf(from, by);
  if (!conversion) return null;
  const found = (value: string) =>
    `from ${table} as r where r.${quoteIdentifier(by.column)} = ${conversion.sql(value)}`;
  return {
    fidelity: conversion.fidelity,
    isTotal: false,
    sql: (value) =>
      by.column === 'id'
        ? `(select r.id ${found(value)})`
        : `(select case when count(*) = 1 then (array_agg(r.id))[1] end ${found(value)})`,
  };
}

/** From a reference to the key, or to a field of the record that it leads to. */
export function fromReference(to: Field, { table, by }: Link, conversionOf: ConversionOf): Conversion | null {
  const conversion = conversionOf(by, to);
  if (!conversion || by.column === 'id') return conversion;
  const value = (reference: string) =>
    `(select r.${quoteIdentifier(by.column)} from ${table} as r where r.id = ${reference})`;
  return {
    // Two records may have the same value: which of them it was is lost.
    fidelity: 'lossy',
    isTotal: false,
    sql: (reference) => conversion.sql(value(reference)),
  };
}
