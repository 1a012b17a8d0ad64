/** Prints rows beneath a title, numbers to the right. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly unknown[])[]) {
  const cells = rows.map((row) => row.map(show));
  const widths = columns.map((column, n) =>
    Math.max(column.length, ...cells.map((row) => row[n]?.length ?? 0)),
  );
  const isNumeric = columns.map((_, n) => cells.every((row) => /^[-–\d.,]*$/.test(row[n] ?? '')));
  const line = (row: readonly string[]) =>
    row
      .map((cell, n) => (isNumeric[n] ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
      .join('  ');
  console.log(`\n${title}`);
  for (const row of [columns, widths.map((width) => '─'.repeat(width)), ...cells]) {
    console.log(`  ${line(row)}`.trimEnd());
  }
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
