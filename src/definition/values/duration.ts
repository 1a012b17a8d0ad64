import { type Refusal, refuse } from './reading.ts';

/** A length of time as Postgres keeps it: three parts that do not turn into each other, each with its sign. */
export interface Duration {
  readonly months: bigint;
  readonly days: bigint;
  readonly microseconds: bigint;
}

const PART = '(-?\\d{1,19})';
const ISO_8601 = new RegExp(
  `^(-?)P(?=.)(?:${PART}Y)?(?:${PART}M)?(?:${PART}W)?(?:${PART}D)?` +
    `(?:T(?=.)(?:${PART}H)?(?:${PART}M)?(?:(-?)(\\d{1,19})(?:\\.(\\d{1,6}))?S)?)?$`,
);

const MAX_MONTHS = 2n ** 31n - 1n;
const MAX_DAYS = 2n ** 31n - 1n;
/** One less than what fits: from PostgreSQL 17 on, the greatest of all three parts together are infinity. */
const MAX_MICROSECONDS = 2n ** 63n - 2n;

const SECOND = 1_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** Reads an ISO 8601 duration. A hyphen stands ahead of each part that is negative, or ahead of the P for all. */
export function readDuration(value: unknown): Duration | Refusal {
  const match = typeof value === 'string' ? ISO_8601.exec(value) : null;
  if (!match) {
    return refuse(
      'must be an ISO 8601 duration such as "P1Y2M3DT4H5M6.789S", with a fraction of seconds alone',
    );
  }
  const all = match[1] === '-' ? -1n : 1n;
  const part = (n: number) => all * BigInt(match[n] ?? 0);
  const fraction = BigInt((match[10] ?? '').padEnd(6, '0'));
  const seconds = (match[8] === '-' ? -all : all) * (BigInt(match[9] ?? 0) * SECOND + fraction);
  const duration = {
    months: part(2) * 12n + part(3),
    days: part(4) * 7n + part(5),
    microseconds: part(6) * HOUR + part(7) * MINUTE + seconds,
  };
  const fits =
    magnitude(duration.months) <= MAX_MONTHS &&
    magnitude(duration.days) <= MAX_DAYS &&
    magnitude(duration.microseconds) <= MAX_MICROSECONDS;
  return fits
    ? duration
    : refuse('must be within 178,956,970 years, 2,147,483,647 days and 2,562,047,788 hours');
}

/** In the order of Postgres, in which a month has 30 days and a day 24 hours. */
export function compareDurations(a: Duration, b: Duration): number {
  const difference = span(a) - span(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function span({ months, days, microseconds }: Duration): bigint {
  return (months * 30n + days) * DAY + microseconds;
}

/** The duration as Postgres writes it in its style `iso_8601`, which it reads without rounding. */
export function durationText({ months, days, microseconds }: Duration): string {
  const date = `${part(months / 12n, 'Y')}${part(months % 12n, 'M')}${part(days, 'D')}`;
  const time = `${part(microseconds / HOUR, 'H')}${part((microseconds % HOUR) / MINUTE, 'M')}${seconds(microseconds % MINUTE)}`;
  if (date === '' && time === '') return 'PT0S';
  return time === '' ? `P${date}` : `P${date}T${time}`;
}

function part(count: bigint, unit: string): string {
  return count === 0n ? '' : `${count}${unit}`;
}

function seconds(microseconds: bigint): string {
  if (microseconds === 0n) return '';
  const fraction = String(magnitude(microseconds % SECOND))
    .padStart(6, '0')
    .replace(/0+$/, '');
  const whole = `${microseconds < 0n ? '-' : ''}${magnitude(microseconds / SECOND)}`;
  return fraction === '' ? `${whole}S` : `${whole}.${fraction}S`;
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}
