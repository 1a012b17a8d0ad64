import { DatabaseError, DatabaseUnavailable } from '../ports.ts';

/** What a driver threw, as the port says it. Both drivers copy Postgres' fields onto their errors. */
export function databaseFailure(error: unknown): DatabaseError | DatabaseUnavailable {
  if (!(error instanceof Error))
    return new DatabaseUnavailable('the driver threw no error', { cause: error });
  const sqlState = textOf(error, 'code');
  // Errors of the network have codes too, such as ECONNREFUSED; those of Postgres have five characters.
  if (sqlState === undefined || !/^[0-9A-Z]{5}$/.test(sqlState) || isConnectionLoss(sqlState)) {
    return new DatabaseUnavailable(error.message, { cause: error });
  }
  return new DatabaseError(error.message, {
    sqlState,
    constraint: textOf(error, 'constraint'),
    column: textOf(error, 'column'),
    table: textOf(error, 'table'),
    detail: textOf(error, 'detail'),
    context: textOf(error, 'where'),
    cause: error,
  });
}

/** Class 08, and 57P: shut down, crashed, or terminated by an administrator. */
function isConnectionLoss(sqlState: string): boolean {
  return sqlState.startsWith('08') || sqlState.startsWith('57P');
}

function textOf(error: Error, property: string): string | undefined {
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
