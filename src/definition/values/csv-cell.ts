/** How values of a type are written into the cells of a CSV file, and read from them. */
export interface CsvCell {
  /** SQL over a quoted column: the text of the cell, or null. The session's time zone is UTC. */
  expression(column: string): string;
  /** Whether the text may hold a comma, a quote or a line break, so that it stands in quotes. */
  readonly isQuoted: boolean;
  /** Turns the text of a cell into the JSON value that the type's `validator` takes. */
  read(text: string): unknown;
}

const asText = (column: string) => `${column}::text`;

/** A cell whose text needs no quotes. Spaces around it are no part of the value. */
export function bareCell(
  read: (text: string) => unknown = (text) => text,
  expression: CsvCell['expression'] = asText,
): CsvCell {
  return { expression, isQuoted: false, read: (text) => read(text.trim()) };
}

/** A cell whose text may be any. */
export function quotedCell(
  read: (text: string) => unknown = (text) => text,
  expression: CsvCell['expression'] = asText,
): CsvCell {
  return { expression, isQuoted: true, read };
}

/** A cell of a list or an object, as JSON; `json` is the SQL of its JSON form. */
export function jsonCell(read: (text: string) => unknown, json: (column: string) => string): CsvCell {
  return quotedCell(read, (column) => `to_json(${json(column)})::text`);
}
