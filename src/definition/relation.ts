/** A way from a record to those of another model, or of its own: SQL names, quoted. */
export interface Relation {
  /** The table of those records, with its schema. */
  readonly table: string;
  /** What is equal: a column of the record, and one of theirs, or of the ends of a link between them. */
  readonly own: string;
  readonly other: string;
  /** The join table in between; null where there is none. */
  readonly links: Links | null;
  /** Whether it leads to one record at most. */
  readonly isOne: boolean;
}

/** A join table, and which of its two ends is where. */
export interface Links {
  readonly table: string;
  readonly near: 'source' | 'target';
  readonly far: 'source' | 'target';
}

/** The records that a relation leads to from the row `from`, as `from …` under the alias `to`, and their condition. */
export function followed(
  relation: Relation,
  from: string,
  to: string,
): { source: string; condition: string } {
  const { table, own, other, links } = relation;
  const record = from === '' ? own : `${from}.${own}`;
  if (!links) return { source: `${table} as ${to}`, condition: `${to}.${other} = ${record}` };
  const link = linkAlias(to);
  return {
    source: `${links.table} as ${link} join ${table} as ${to} on ${to}.${other} = ${link}.${links.far}`,
    condition: `${link}.${links.near} = ${record}`,
  };
}

/** The alias of the links that lead to a row. */
export function linkAlias(to: string): string {
  return `l_${to}`;
}
