import { FileError } from './file-error.ts';

/** Longer lines are not read: what holds one holds all of it. */
export const MAX_LINE_CHARACTERS = 4 * 1024 * 1024;

/** Decodes a file part by part, without its byte order mark. Throws `FileError` where it is no UTF-8. */
export function utf8Decoder(): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (bytes) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new FileError('invalid_utf8', null, 'the file is not valid UTF-8: save it as UTF-8', error);
    }
  };
}
