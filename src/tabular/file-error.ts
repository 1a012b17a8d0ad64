/** A file that cannot be read on from a line. The message is shown to clients: it says what to do. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: 'invalid_csv' | 'invalid_json' | 'invalid_utf8' | 'invalid_compression' | 'line_too_long';
  /** Counted from 1; null where no line can be told. */
  readonly line: number | null;

  constructor(code: FileError['code'], line: number | null, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.line = line;
  }
}
