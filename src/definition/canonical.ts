import canonicalize from 'canonicalize';
import type { Definition } from './definition.ts';

/** The RFC 8785 form of a definition: the same text whatever the order of its objects' keys. */
export function canonicalJson(definition: Definition): string {
  const text = canonicalize(definition);
  if (text === undefined) throw new TypeError('a definition must be an object');
  return text;
}
