/** Each operator as a person would write it in SQL, over `$1` as an array of texts. */
export const BY_HAND = {
  _eq: (field: string, type: string) => `${field} = $1[1]::${type}`,
  _ne: (field: string, type: string) => `(${field} <> $1[1]::${type} or ${field} is null)`,
  _lt: (field: string, type: string) => `${field} < $1[1]::${type}`,
  _lte: (field: string, type: string) => `${field} <= $1[1]::${type}`,
  _gt: (field: string, type: string) => `${field} > $1[1]::${type}`,
  _gte: (field: string, type: string) => `${field} >= $1[1]::${type}`,
  _between: (field: string, type: string) => `${field} >= $1[1]::${type} and ${field} <= $1[2]::${type}`,
  _in: (field: string, type: string) => `${field} in ($1[1]::${type}, $1[2]::${type})`,
  _nin: (field: string, type: string) => `(${field} not in ($1[1]::${type}, $1[2]::${type})) is not false`,
  _contains: (field: string) => `position($1[1] in ${field}) > 0`,
  _icontains: (field: string) => `position(lower($1[1]) in lower(${field})) > 0`,
  _startsWith: (field: string) => `left(${field}, length($1[1])) = $1[1]`,
  _endsWith: (field: string) => `right(${field}, length($1[1])) = $1[1]`,
} as const;

export type OperatorName = keyof typeof BY_HAND;

/** Of those, the ones that texts alone take. */
export const TEXT_OPERATORS: readonly string[] = ['_contains', '_icontains', '_startsWith', '_endsWith'];

/** What a filter gives an operator, of two values. */
export function argumentOf(operator: OperatorName, values: readonly unknown[]): unknown {
  return ['_between', '_in', '_nin'].includes(operator) ? values : values[0];
}
