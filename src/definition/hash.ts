import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Definition } from './definition.ts';

/** Lower-case hex SHA-256 of the canonical form. It covers ids and columns; the order of fields counts. */
export function hashDefinition(definition: Definition): string {
  return createHash('sha256').update(canonicalJson(definition), 'utf8').digest('hex');
}
