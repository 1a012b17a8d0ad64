/** What a section found: one table, and what has to be known to read it. */
export interface Report {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** The same for programs, unrounded. */
  readonly figures: unknown;
}

/** A report as text: the first column to the left, figures to the right. */
export function formatReport({ title, columns, rows, notes }: Report): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, n) => Math.max(...lines.map((line) => line[n]?.length ?? 0)));
  const formatted = lines.map((line) =>
    line.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '),
  );
  const rule = '-'.repeat(formatted[0]?.length ?? 0);
  const [head = '', ...body] = formatted;
  return ['', title, '', head, rule, ...body, ...notes.map((note) => `  ${note}`), ''].join('\n');
}

/** Progress, apart from the results. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
