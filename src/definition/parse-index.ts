import type { Finding } from '../failure.ts';
import type { ModelIndexInput } from './definition-input.ts';
import { isName } from './identifiers.ts';
import { pointer } from './json-pointer.ts';
import { readIndexEntry } from './model-indexes.ts';
import { isObject, PropertyReader } from './property-reader.ts';

const MAX_INDEX_FIELDS = 32;

/**
 * Reads an index as far as it can be judged without its fields: `{"fields": ["director", "-released"], "unique":
 * true, "where": FILTER}`. Undefined where it is not even an object.
 */
export function indexOf(value: unknown, path: string, findings: Finding[]): ModelIndexInput | undefined {
  const find = (at: string, code: string, message: string) => findings.push({ path: at, code, message });
  if (!isObject(value)) {
    find(path, 'invalid_property', 'must be an index: an object with fields');
    return undefined;
  }
  const reader = new PropertyReader(value, path, findings);
  reader.allowOnly(['fields', 'unique', 'kind', 'where'], []);
  const kind = reader.oneOf('kind', ['fullText'] as const);
  const unique = reader.boolean('unique');
  if (kind && unique) find(pointer(path, 'unique'), 'conflicting_properties', `does not fit kind ${kind}`);
  const where = reader.value('where');
  if (where !== undefined && !isObject(where)) {
    find(pointer(path, 'where'), 'invalid_filter', 'must be an object such as {"title": {"_eq": "Jaws"}}');
  }
  return {
    fields: fieldsOf(reader, pointer(path, 'fields'), kind !== undefined, find),
    ...reader.given('unique', unique),
    ...reader.given('kind', kind),
    ...(isObject(where) ? { where } : {}),
  };
}

function fieldsOf(
  reader: PropertyReader,
  path: string,
  isUnordered: boolean,
  find: (path: string, code: string, message: string) => void,
): readonly string[] {
  const list = reader.list('fields', MAX_INDEX_FIELDS, true);
  if (list?.length === 0) find(path, 'invalid_property', 'must name at least one field');
  const seen = new Set<string>();
  return (list ?? []).flatMap((entry, n) => {
    const at = pointer(path, n);
    const { field, descending } = readIndexEntry(typeof entry === 'string' ? entry : '');
    if (typeof entry !== 'string' || !isName(field)) {
      find(at, 'invalid_name', 'must be a field name, with - ahead for descending');
      return [];
    }
    if (seen.has(field)) find(at, 'duplicate_field', `${field} is named twice`);
    if (descending && isUnordered) find(at, 'conflicting_properties', 'has no order in a full-text index');
    seen.add(field);
    return [entry];
  });
}
