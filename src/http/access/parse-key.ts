import { isScope, SCOPES, type Scope } from '../../catalog/key-state.ts';
import { isName } from '../../definition/identifiers.ts';
import { isCalendarDay } from '../../definition/values/calendar.ts';
import { Failure, type Finding } from '../../failure.ts';

/** What a client wants a key to be. */
export interface AskedKey {
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** By name. */
  readonly models: readonly string[] | null;
  readonly expiresAt: Date | null;
}

const MAX_LABEL = 200;
const MAX_MODELS = 1000;
const DEFAULT_OVERLAP_SECONDS = 3600;
const MAX_OVERLAP_SECONDS = 90 * 24 * 3600;

/** Reads `{label, scopes, models?, expiresAt?}`. Throws `validation_failed`, with every finding. */
export function parseKey(body: unknown): AskedKey {
  const { label, scopes, models = null, expiresAt = null, ...others }: Record<string, unknown> = Object(body);
  const errors: Finding[] = unknownProperties(others, 'label, scopes, models and expiresAt');
  const wrong = (path: string, message: string) => {
    errors.push({ path, code: 'invalid_property', message });
    return null;
  };
  const asked = {
    label:
      typeof label === 'string' && label.trim() !== '' && label.length <= MAX_LABEL && !label.includes('\0')
        ? label
        : wrong('/label', `must be a text of 1 to ${MAX_LABEL} characters`),
    scopes:
      Array.isArray(scopes) && scopes.length > 0 && scopes.every(isScope)
        ? [...new Set(scopes)]
        : wrong('/scopes', `must be a list of some of ${SCOPES.join(', ')}`),
    models:
      models === null || areNames(models) ? models : wrong('/models', 'must be a list of names of models'),
    expiresAt: expiresAt === null ? null : (momentOf(expiresAt) ?? wrong('/expiresAt', MOMENT_RULE)),
  };
  if (asked.models && asked.scopes?.includes('keys:admin')) {
    wrong('/models', 'a key that makes keys is not limited to models: leave keys:admin out, or the models');
  }
  if (errors.length > 0 || asked.label === null || asked.scopes === null) {
    throw new Failure('validation_failed', errors[0]?.message ?? 'this is no key', { errors });
  }
  return { ...asked, label: asked.label, scopes: asked.scopes };
}

/** Reads `{overlapSeconds?}`: how long the old key stays valid. Throws `validation_failed`. */
export function parseRotation(body: unknown): { readonly overlapSeconds: number } {
  const { overlapSeconds = DEFAULT_OVERLAP_SECONDS, ...others }: Record<string, unknown> = Object(body);
  const errors: Finding[] = unknownProperties(others, 'overlapSeconds');
  const isFit =
    typeof overlapSeconds === 'number' &&
    Number.isInteger(overlapSeconds) &&
    overlapSeconds >= 0 &&
    overlapSeconds <= MAX_OVERLAP_SECONDS;
  if (!isFit) {
    const message = `must be a whole number from 0 to ${MAX_OVERLAP_SECONDS}`;
    errors.push({ path: '/overlapSeconds', code: 'invalid_property', message });
  }
  if (errors.length > 0 || !isFit) {
    throw new Failure('validation_failed', errors[0]?.message ?? 'this is no rotation', { errors });
  }
  return { overlapSeconds };
}

function unknownProperties(others: object, known: string): Finding[] {
  return Object.keys(others).map((name) => ({
    path: `/${name}`,
    code: 'unknown_property',
    message: `leave it out; known are ${known}`,
  }));
}

function areNames(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_MODELS) return false;
  return value.every((name) => typeof name === 'string' && isName(name));
}

const MOMENT_RULE = 'must be a moment to come, as 2030-01-31T12:00:00Z';
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i;

function momentOf(value: unknown): Date | null {
  const match = typeof value === 'string' ? MOMENT.exec(value) : null;
  if (!match) return null;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  const moment = new Date(match[0]);
  // Of what is no day of the calendar a `Date` makes one of the next month, and of an offset another year.
  const isThere = isCalendarDay(year, month, day) && moment.getUTCFullYear() <= 9999;
  return isThere && moment.getTime() > Date.now() ? moment : null;
}
