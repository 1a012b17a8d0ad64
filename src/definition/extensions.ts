/** The extensions of Postgres that fields know how to use. */
export const EXTENSIONS = ['postgis', 'vector'] as const;

export type Extension = (typeof EXTENSIONS)[number];
