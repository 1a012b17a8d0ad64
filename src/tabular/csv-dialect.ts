const DELIMITERS = [',', ';', '\t', '|'] as const;

export type Delimiter = (typeof DELIMITERS)[number];

/** What separates the cells of a file: what its first line has most of, outside quotes; a comma where it has none. */
export function detectDelimiter(head: string): Delimiter {
  const line = firstLine(head).replace(/"(?:[^"]|"")*"/g, '');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Whether the first line is whole: its end is there. */
export function hasFirstLine(head: string): boolean {
  return firstLine(head).length < head.length;
}

function firstLine(head: string): string {
  return /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(head)?.[0] ?? '';
}
