import type { Field, FieldType } from '../../definition/definition.ts';

/**
 * How the values of one field type become those of another, as SQL over a value that is not null. A value that
 * does not convert gives null, never an error. The one expression serves the pre-flight, the trigger that keeps
 * both columns in step, and the backfill.
 */
export interface Conversion {
  /** `lossy`: a value that converts may lose something, such as digits; the plan says so and is to be confirmed. */
  readonly fidelity: 'exact' | 'lossy';
  /** Whether every value converts, so that there is nothing to count. */
  readonly isTotal: boolean;
  sql(value: string): string;
}

/** Makes a conversion between two fields, which decide its limits. */
export type ConversionRule = (from: Field, to: Field) => Conversion | null;

/** The types that convert to one type. */
export type ConversionsFrom = Readonly<Partial<Record<FieldType, ConversionRule>>>;

const rule =
  (fidelity: Conversion['fidelity'], isTotal: boolean) =>
  (sql: (value: string, from: Field, to: Field) => string): ConversionRule =>
  (from, to) => ({ fidelity, isTotal, sql: (value) => sql(value, from, to) });

/** Every value converts, and keeps all that it says. */
export const always = rule('exact', true);

/** What converts keeps all that it says. */
export const whereItFits = rule('exact', false);

/** Every value converts, and may lose something. */
export const losing = rule('lossy', true);

/** What converts may lose something. */
export const losingWhereItFits = rule('lossy', false);
