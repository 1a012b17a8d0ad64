/**
 * A line of the chain: what is asked of the API, beside the same done by hand in SQL. Either the body of a change, or
 * a write of records.
 */
export type Entry = { readonly byHand: string } & (
  | { readonly write: readonly ['POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown] }
  | { readonly models: readonly object[]; readonly answers?: Readonly<Record<string, boolean>> }
  | {
      readonly operations: readonly object[];
      readonly conversions?: Readonly<Record<string, object>>;
      readonly backfill?: Readonly<Record<string, unknown>>;
    }
);

export const add = (model: string, field: object) => ({ op: 'addField', model, field });
export const alter = (model: string, field: string, set: object) => ({ op: 'alterField', model, field, set });
export const drop = (model: string, field: string) => ({ op: 'dropField', model, field });
export const rename = (model: string, from: string, to: string) => ({ op: 'renameField', model, from, to });
