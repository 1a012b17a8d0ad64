import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** A table for people: columns as wide as they need to be, the widest one wrapped where the terminal ends. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const widths = head.map((title, n) => {
    const texts = [title, ...rows.map((row) => row[n] ?? '')].flatMap((text) => text.split('\n'));
    return Math.max(...texts.map((text) => stripVTControlCharacters(text).length)) + 2;
  });
  const total = widths.reduce((sum, width) => sum + width + 1, 1);
  const widest = widths.indexOf(Math.max(...widths));
  const over = columns === undefined ? 0 : total - columns;
  const narrowed = widths.map((width, n) => (n === widest ? Math.max(width - Math.max(over, 0), 12) : width));
  const table = new Table({
    head: [...head],
    colWidths: narrowed,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
