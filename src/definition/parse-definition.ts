import type { Finding } from '../failure.ts';
import type { DefinitionInput, FieldInput, ModelIndexInput } from './definition-input.ts';
import { pointer } from './json-pointer.ts';
import { FieldParser } from './parse-field.ts';
import { indexOf } from './parse-index.ts';
import { isObject, PropertyReader } from './property-reader.ts';

/** A value that was read, or everything that is wrong with it. */
export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly Finding[] };

const MAX_FIELDS = 1000;
const MAX_INDEXES = 64;
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

/** Reads one index. */
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
