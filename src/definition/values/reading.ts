import * as v from 'valibot';

/** Why a value is not taken, as the end of a sentence that begins with its name: "must be …". */
export interface Refusal {
  readonly refusal: string;
}

/** JSON value → text parameter for Postgres. */
export type Reader = (value: unknown) => string | Refusal;

export function refuse(refusal: string): Refusal {
  return { refusal };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

/** A valibot schema around a reader, so that readers compose into schemas of records. */
export function schemaOf(read: Reader): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, string>(({ dataset, addIssue, NEVER }) => {
      const text = read(dataset.value);
      if (typeof text === 'string') return text;
      addIssue({ message: text.refusal });
      return NEVER;
    }),
  );
}
