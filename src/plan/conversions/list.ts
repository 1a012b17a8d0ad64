import { constantSql } from '../../definition/columns.ts';
import type { Field } from '../../definition/definition.ts';
import type { ConversionOptions } from './field-conversion.ts';

/**
 * SQL of the one reference that a list becomes: its only link. `links` is the quoted join table, `source` SQL of the
 * key of the list's record. Of several links the request says what they become; where it does not, they are counted.
 */
export function referenceOfList(
  links: string,
  source: string,
  to: Field,
  { onError = 'abort' }: ConversionOptions = {},
): string {
  const linked = `from ${links} as l where l.source = ${source}`;
  if (onError === 'first') return `(select l.target ${linked} order by l.position limit 1)`;
  const several = typeof onError === 'object' ? constantSql(to, onError.default) : null;
  const only = `when count(*) <= 1 then (array_agg(l.target))[1]`;
  return `(select case ${only}${several === null ? '' : ` else ${several}`} end ${linked})`;
}

/** SQL condition that a list has several links. */
export function hasSeveral(links: string, source: string): string {
  return `(select count(*) from ${links} as l where l.source = ${source}) > 1`;
}

/** SQL condition that the link `l` is one of several: an index over `BEHIND_ANOTHER` leads to it. */
export function isOneOfSeveral(links: string): string {
  return `l.${BEHIND_ANOTHER} and exists (select from ${links} as o where o.source = l.source and o.target <> l.target offset 0)`;
}

/** SQL condition that a link was made behind another one of its list; that one may be gone. */
export const BEHIND_ANOTHER = 'position > 1';

/** SQL of the links of a list, in order. */
export function linksOfList(links: string, source: string): string {
  return `array(select l.target from ${links} as l where l.source = ${source} order by l.position)`;
}
