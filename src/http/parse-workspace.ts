import type { WorkspacePatch } from '../catalog/workspaces.ts';
import { isWorkspaceSlug } from '../definition/identifiers.ts';
import { Failure, type Finding } from '../failure.ts';

const SLUG_RULE =
  'a lower-case letter, then up to 39 lower-case letters, digits or hyphens; not public, remodel, workspaces or pg…';
const MAX_LABEL = 200;
const MAX_DAYS = 36_500;

/** Reads `{slug, label?}`. Throws `validation_failed`, with every finding. */
export function parseNewWorkspace(body: unknown): { readonly slug: string; readonly label: string | null } {
  const { slug, label = null, ...others }: Record<string, unknown> = Object(body);
  const errors: Finding[] = unknownProperties(others, 'slug and label');
  if (typeof slug !== 'string' || !isWorkspaceSlug(slug)) {
    errors.push({ path: '/slug', code: 'invalid_name', message: `must be ${SLUG_RULE}` });
  }
  if (!isLabel(label)) errors.push(invalidLabel());
  if (errors.length === 0 && typeof slug === 'string' && isLabel(label)) return { slug, label };
  throw new Failure('validation_failed', errors[0]?.message ?? 'this is no workspace', { errors });
}

/** Reads `{label?, trashRetentionDays?}`. Throws `validation_failed`, with every finding. */
export function parsePatch(body: unknown): WorkspacePatch {
  const { label, trashRetentionDays, ...others }: Record<string, unknown> = Object(body);
  const errors: Finding[] = unknownProperties(others, 'label and trashRetentionDays');
  if (label !== undefined && !isLabel(label)) errors.push(invalidLabel());
  if (trashRetentionDays !== undefined && !isRetention(trashRetentionDays)) {
    const message = `must be a whole number of days up to ${MAX_DAYS}, 0 to keep nothing, -1 to keep all, or null`;
    errors.push({ path: '/trashRetentionDays', code: 'invalid_property', message });
  }
  if (label === undefined && trashRetentionDays === undefined && errors.length === 0) {
    errors.push({ path: '', code: 'required', message: 'name what is to be changed' });
  }
  if (errors.length > 0) {
    throw new Failure('validation_failed', errors[0]?.message ?? 'nothing was changed', { errors });
  }
  return {
    ...(isLabel(label) ? { label } : {}),
    ...(isRetention(trashRetentionDays) ? { trashRetentionDays } : {}),
  };
}

function unknownProperties(others: object, known: string): Finding[] {
  return Object.keys(others).map((name) => ({
    path: `/${name}`,
    code: 'unknown_property',
    message: `leave it out; known are ${known}`,
  }));
}

function isLabel(value: unknown): value is string | null {
  if (value === null) return true;
  return typeof value === 'string' && value.length <= MAX_LABEL && !value.includes('\0');
}

function invalidLabel(): Finding {
  const message = `must be a text of at most ${MAX_LABEL} characters`;
  return { path: '/label', code: 'invalid_property', message };
}

function isRetention(value: unknown): value is number | null {
  if (value === null) return true;
  return typeof value === 'number' && Number.isInteger(value) && value >= -1 && value <= MAX_DAYS;
}
