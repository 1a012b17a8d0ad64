/** SQL of the text by which answers show a moment: in UTC, to the millisecond. */
export function moment(value: string): string {
  return `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
