import { Failure } from '../../failure.ts';
import { DatabaseError, DatabaseUnavailable } from '../../ports.ts';
import { FileError } from '../../tabular/file-error.ts';

/** deadlock_detected, serialization_failure, lock_not_available, query_canceled: others were in the way. */
const IN_THE_WAY = new Set(['40P01', '40001', '55P03', '57014']);

/** What ended an import ahead of its commit, as a failure that says so; anything else as it is. */
export function importFailure(error: unknown): unknown {
  if (error instanceof FileError) return fileFailure(error, 'nothing was written: ');
  if (error instanceof DatabaseUnavailable) {
    const message =
      'nothing was written: the connection to the database was lost, as it is where the file pauses for a minute';
    return new Failure('database_unavailable', message, { cause: error });
  }
  if (error instanceof DatabaseError && IN_THE_WAY.has(error.sqlState)) {
    const message = 'nothing was written: other writes or a change were in the way; send it again';
    return new Failure('database_unavailable', message, { cause: error });
  }
  return error;
}

/** A file that cannot be read, as a failure. */
export function fileFailure(error: FileError, consequence = ''): Failure {
  const { line, code, message } = error;
  const place = line === null ? '' : `line ${line}: `;
  const errors = [{ ...(line === null ? {} : { line }), path: '', code, message }];
  return new Failure('invalid_file', `${consequence}${place}${message}`, { errors, cause: error });
}
