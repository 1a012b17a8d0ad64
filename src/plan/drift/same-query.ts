/** A quoted name, a quoted text, a word, or any other sign. */
const TOKEN = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}\p{N}_$]+|\S/gu;

/** What versions of Postgres print or leave out: it says nothing in a query of our views. */
const SILENT = new Set(['(', ')', ';', 'as']);

/**
 * Whether Postgres printed, with all names in full, a query that says the same as that of a view: apart from space,
 * parentheses, quotes, and the alias of the table where a column stands alone.
 */
export function isSameQuery(wanted: string, printed: string): boolean {
  return wordsOf(wanted) === wordsOf(printed);
}

function wordsOf(query: string): string {
  const words = (query.match(TOKEN) ?? [])
    .filter((token) => !SILENT.has(token.toLowerCase()))
    .map((token) => (/^[\p{L}\p{N}_$]/u.test(token) ? `"${token.toLowerCase()}"` : token));
  const isOfTable = (n: number) => words[n] === '"t"' && words[n + 1] === '.' && words[n - 1] !== '.';
  return words.filter((_, n) => !isOfTable(n) && !(n > 0 && isOfTable(n - 1))).join(' ');
}
