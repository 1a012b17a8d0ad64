import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** A table for people: columns as wide as they need to be, the widest ones wrapped where the terminal is narrow. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const widths = head.map((title, n) => {
    const texts = [title, ...rows.map((row) => row[n] ?? '')].flatMap((text) => text.split('\n'));
    return Math.max(...texts.map((text) => stripVTControlCharacters(text).length)) + 2;
  });
  const narrowed = columns === undefined ? widths : fitted(widths, columns);
  const table = new Table({
    head: [...head],
    colWidths: narrowed,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Below this, words do not fit a column. */
const NARROWEST = 12;

/** Takes from the widest column, again and again, until all fit or none has more to give. */
function fitted(widths: readonly number[], columns: number): number[] {
  const fit = [...widths];
  const borders = widths.length + 1;
  for (let over = fit.reduce((sum, width) => sum + width, borders) - columns; over > 0; over--) {
    const widest = Math.max(...fit);
    if (widest <= NARROWEST) return fit;
    fit[fit.indexOf(widest)] = widest - 1;
  }
  return fit;
}
