import { Buffer } from 'node:buffer';
import { CsvError, type Options, parse } from 'csv-parse/stream';
import { detectDelimiter, hasFirstLine } from './csv-dialect.ts';
import { FileError } from './file-error.ts';
import { MAX_LINE_CHARACTERS, utf8Decoder } from './utf8.ts';

/** A record of a CSV file. A cell with nothing in it, not even quotes, is null. */
export interface CsvRow {
  /** Where it begins, counted from 1: line breaks inside quotes are counted. */
  readonly line: number;
  readonly cells: readonly (string | null)[];
}

/** A file that has no line end by then has a very long header, or none. */
const MAX_HEAD_CHARACTERS = 256 * 1024;

/**
 * The rows of a CSV file (RFC 4180, and its usual dialects), the header first, as many at once as each part of the file
 * holds. Throws `FileError` at what is none.
 */
export async function* readCsv(parts: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRow[], void> {
  const decode = utf8Decoder();
  let head = '';
  let reader: CsvReader | null = null;
  for await (const part of parts) {
    head += decode(part);
    // The first line tells what separates cells.
    if (!reader && !hasFirstLine(head) && head.length < MAX_HEAD_CHARACTERS) continue;
    reader ??= new CsvReader(head);
    yield await reader.write(head);
    head = '';
  }
  head += decode();
  reader ??= new CsvReader(head);
  yield await reader.write(head);
  yield await reader.end();
}

/** csv-parse, fed by hand: its rows are taken by part of the file, not one by one. */
class CsvReader {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Rejects with what is wrong with the file: workerd does not tell whoever writes. */
  readonly #closed: Promise<void>;
  #error: unknown;
  #rows: CsvRow[] = [];
  #line = 1;
  #breaks = 0;

  constructor(head: string) {
    const options: Options = {
      delimiter: detectDelimiter(head),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: MAX_LINE_CHARACTERS,
      cast: (text, { quoting }) => {
        if (quoting) this.#breaks += lineBreaks(text);
        return quoting || text !== '' ? text : null;
      },
      on_record: (cells: (string | null)[]) => {
        this.#rows.push({ line: this.#line, cells });
        this.#line += 1 + this.#breaks;
        this.#breaks = 0;
        // Nothing goes into the stream itself.
        return null;
      },
    };
    const { readable, writable } = parse(options);
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => undefined);
    this.#closed = readable.getReader().closed;
    this.#closed.catch((error: unknown) => {
      this.#error = error;
    });
  }

  write(text: string): Promise<readonly CsvRow[]> {
    return this.#take(() => this.#writer.write(Buffer.from(text)));
  }

  end(): Promise<readonly CsvRow[]> {
    return this.#take(async () => {
      await this.#writer.close();
      await this.#closed;
    });
  }

  async #take(step: () => Promise<void>): Promise<readonly CsvRow[]> {
    try {
      await step();
      if (this.#error) throw this.#error;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const [code, message] = FAULTS[error.code] ?? (['invalid_csv', 'the line is no CSV'] as const);
      throw new FileError(code, this.#line, message, error);
    }
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}

const FAULTS: Readonly<Record<string, readonly [FileError['code'], string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['invalid_csv', 'a quote that opens here is never closed'],
  CSV_INVALID_CLOSING_QUOTE: [
    'invalid_csv',
    'behind the quote that ends a cell stands something else: write a quote inside quotes twice',
  ],
  INVALID_OPENING_QUOTE: [
    'invalid_csv',
    'a quote stands inside a cell: put the whole cell in quotes, and write the quote in it twice',
  ],
  CSV_MAX_RECORD_SIZE: ['line_too_long', `a line may have ${MAX_LINE_CHARACTERS} characters`],
};

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
