import type { Finding } from '../failure.ts';
import type { DefinitionInput, FieldInput, ModelIndexInput } from './definition-input.ts';
import { pointer } from './json-pointer.ts';
import { FieldParser } from './parse-field.ts';
import { isObject, PropertyReader } from './property-reader.ts';

/** A value that was read, or everything that is wrong with it. */
export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly Finding[] };

const MAX_FIELDS = 1000;
const MAX_INDEXES = 64;
const MAX_INDEX_FIELDS = 32;
const MAX_FINDINGS = 100;

const PROPERTIES = ['id', 'name', 'renamedFrom', 'label', 'key', 'fields', 'indexes'];

/** What the server adds to its answers: an answer may be sent back as it is. */
const ANSWERED = ['version', 'hash', 'status'];

/** Reads a definition, as far as it can be judged without the models around it. `path` begins each finding's. */
export function parseDefinition(value: unknown, path: string): ParseResult<DefinitionInput> {
  const findings: Finding[] = [];
  if (!isObject(value)) {
    findings.push({
      path,
      code: 'invalid_property',
      message: 'must be a definition: an object with name and fields',
    });
    return { ok: false, errors: findings };
  }
  const reader = new PropertyReader(value, path, findings);
  reader.allowOnly(PROPERTIES, ANSWERED);
  const name = reader.name('name', false);
  const key = reader.oneOf('key', ['uuid', 'bigint', 'text'] as const);
  const definition: DefinitionInput = {
    ...reader.given('id', reader.text('id', 64)),
    name: name ?? '',
    ...reader.given('renamedFrom', reader.optionalName('renamedFrom')),
    ...reader.given('label', reader.text('label', 200)),
    ...reader.given('key', key),
    fields: parseFields(reader, pointer(path, 'fields'), findings),
    ...reader.given('indexes', parseIndexes(reader, pointer(path, 'indexes'), findings)),
  };
  return findings.length === 0
    ? { ok: true, value: definition }
    : { ok: false, errors: findings.slice(0, MAX_FINDINGS) };
}

/** Reads one field. */
export function parseField(value: unknown, path: string): ParseResult<FieldInput> {
  const findings: Finding[] = [];
  const field = new FieldParser(findings).parse(value, path);
  return field && findings.length === 0 ? { ok: true, value: field } : { ok: false, errors: findings };
}

/** Reads an index: `{"fields": ["director", "-released"], "unique": true}`. */
export function parseIndex(value: unknown, path: string): ParseResult<ModelIndexInput> {
  const findings: Finding[] = [];
  const index = indexOf(value, path, findings);
  return index && findings.length === 0 ? { ok: true, value: index } : { ok: false, errors: findings };
}

function parseFields(reader: PropertyReader, path: string, findings: Finding[]): readonly FieldInput[] {
  const list = reader.list('fields', MAX_FIELDS, true);
  const parser = new FieldParser(findings);
  const fields: FieldInput[] = [];
  const names = new Set<string>();
  const ids = new Set<string>();
  (list ?? []).forEach((entry, n) => {
    const at = pointer(path, n);
    const field = parser.parse(entry, at);
    if (!field) return;
    if (names.has(field.name)) {
      const message = `there are two fields ${field.name}; names are unique in a model`;
      findings.push({ path: pointer(at, 'name'), code: 'duplicate_field', message });
    }
    if (field.id !== undefined && ids.has(field.id)) {
      const message = `there are two fields with the id ${field.id}; leave it out to add a field`;
      findings.push({ path: pointer(at, 'id'), code: 'duplicate_field', message });
    }
    names.add(field.name);
    if (field.id !== undefined) ids.add(field.id);
    fields.push(field);
  });
  return fields;
}

function parseIndexes(
  reader: PropertyReader,
  path: string,
  findings: Finding[],
): readonly ModelIndexInput[] | undefined {
  const list = reader.list('indexes', MAX_INDEXES, false);
  return list?.flatMap((entry, n) => indexOf(entry, pointer(path, n), findings) ?? []);
}

function indexOf(value: unknown, path: string, findings: Finding[]): ModelIndexInput | undefined {
  if (!isObject(value)) {
    findings.push({ path, code: 'invalid_property', message: 'must be an index: an object with fields' });
    return undefined;
  }
  const reader = new PropertyReader(value, path, findings);
  if (value['where'] !== undefined) {
    findings.push({
      path: pointer(path, 'where'),
      code: 'not_supported',
      message: 'partial indexes are not supported yet',
    });
  }
  reader.allowOnly(['fields', 'unique', 'where'], []);
  const at = pointer(path, 'fields');
  const list = reader.list('fields', MAX_INDEX_FIELDS, true) ?? [];
  const seen = new Set<string>();
  const fields = list.flatMap((entry, n) => {
    const name = typeof entry === 'string' ? entry.replace(/^-/, '') : '';
    if (typeof entry !== 'string' || !/^[a-z][a-z0-9_]{0,47}$/.test(name)) {
      findings.push({
        path: pointer(at, n),
        code: 'invalid_name',
        message: 'must be a field name, with - ahead for descending',
      });
      return [];
    }
    if (seen.has(name))
      findings.push({ path: pointer(at, n), code: 'duplicate_field', message: `${name} is named twice` });
    seen.add(name);
    return [entry];
  });
  if (Array.isArray(value['fields']) && value['fields'].length === 0) {
    findings.push({ path: at, code: 'invalid_property', message: 'must name at least one field' });
  }
  return reader.boolean('unique') ? { fields, unique: true } : { fields };
}
