import { FileError } from './file-error.ts';
import { MAX_LINE_CHARACTERS, utf8Decoder } from './utf8.ts';

/** A line of a file that is not empty. */
export interface TextLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines of an NDJSON file, as many at once as each part of it holds. Throws `FileError`. */
export async function* readLines(
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly TextLine[], void> {
  const decode = utf8Decoder();
  let rest = '';
  let line = 1;
  const take = (texts: readonly string[]) =>
    texts.flatMap((text): readonly TextLine[] => {
      const own = line;
      line += 1;
      return text.trim() === '' ? [] : [{ line: own, text }];
    });
  for await (const part of parts) {
    const texts = (rest + decode(part)).split('\n');
    rest = texts.pop() ?? '';
    yield take(texts);
    if (rest.length > MAX_LINE_CHARACTERS) {
      throw new FileError('line_too_long', line, `a line may have ${MAX_LINE_CHARACTERS} characters`);
    }
  }
  yield take([rest + decode()]);
}
