import type { Statement } from '../ports.ts';
import type { ExportQuery } from './export-query.ts';
import { whereAll, whereMeant } from './list-conditions.ts';
import { orderBy } from './list-records.ts';
import { meantParams, meantShape, selectionShape, sortShape } from './query-shape.ts';
import { RECORD_JSON, storedValue, targetOf, textOf } from './record-sql.ts';
import type { Selection } from './selection.ts';
import { selectedRow } from './selection-sql.ts';

/** Opens the cursor over the lines of an export: Postgres writes them, the edge passes them on. */
export function declareLines(query: ExportQuery): Statement {
  const { format, sort, selection, limit } = query;
  const shape = [
    'export',
    format,
    meantShape(query),
    sortShape(sort),
    selectionShape(selection),
    limit === null ? '' : 'limit',
  ].join('\n');
  return {
    text: textOf(selection.model, shape, () => linesText(query)),
    params: [...meantParams(query), ...(limit === null ? [] : [String(limit)])],
  };
}

function linesText(query: ExportQuery): string {
  const { format, sort, selection, limit } = query;
  const { conditions, parameters } = whereMeant(query);
  return `
      declare lines no scroll cursor for
      select ${format === 'csv' ? csvLine(selection) : RECORD_JSON}
      from ${targetOf(selection.model)} as t
      ${format === 'csv' ? '' : selectedRow(selection, 't')}
      ${whereAll(conditions)}
      ${sort.length > 0 ? orderBy(sort) : ''}
      ${limit === null ? '' : `limit ${parameters.add(String(limit), 'bigint')}`}`;
}

/** A line of RFC 4180: nothing for null, so that quotes around nothing are the empty text. */
function csvLine({ model, fields }: Selection): string {
  const value = storedValue(model);
  const cells = fields.map((field) => {
    const { csv } = field.spec;
    const text = csv.expression(value(field));
    return csv.isQuoted ? `'"' || replace(${text}, '"', '""') || '"'` : text;
  });
  return `array_to_string(array[${cells.join(', ')}]::text[], ',', '') as record`;
}
