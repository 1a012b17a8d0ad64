import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Definition } from './definition.ts';

/** The canonical JSON of a definition (RFC 8785): the same text for the same definition, whatever made it. */
export function canonicalJson(definition: Definition): string {
  const text = canonicalize(definition);
  if (text === undefined) throw new TypeError('a definition has a JSON form');
  return text;
}

/** Lower-case hex SHA-256 of canonical JSON. */
export function hashText(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}

/** The hash that names a definition. */
export function hashDefinition(definition: Definition): string {
  return hashText(canonicalJson(definition));
}
