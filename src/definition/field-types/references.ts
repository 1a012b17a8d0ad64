import * as v from 'valibot';
import type { Finding } from '../../failure.ts';
import type { Field } from '../definition.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { arrayLiteral } from '../values/array-literal.ts';
import { jsonCell } from '../values/csv-cell.ts';
import { listFromText } from '../values/from-text.ts';
import { reference } from './reference.ts';

const MAX_LINKS = 10_000;

function checkProperties(field: FieldInput, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  const refuse = (property: keyof FieldInput, code: string, message: string) =>
    findings.push({ path: pointer(path, property), code, message });
  if (field.to === undefined) refuse('to', 'required_property', 'must be the name of a model');
  if (field.onDelete === 'setNull') {
    const message =
      'setNull does not fit a list: with cascade the link goes, restrict keeps what is referred to';
    refuse('onDelete', 'conflicting_properties', message);
  }
  if (field.required) {
    const message =
      'a list of references may be empty, as it is once all that it refers to is deleted; leave it out';
    refuse('required', 'conflicting_properties', message);
  }
  if (field.unique) {
    const message =
      'a list of references holds each record once, and each record may be in many; leave it out';
    refuse('unique', 'conflicting_properties', message);
  }
  if (field.index) {
    refuse(
      'index',
      'conflicting_properties',
      'a list of references is always indexed, both ways; leave it out',
    );
  }
  return findings;
}

/** From a JSON array of ids to an array of Postgres; null is the empty list. */
function listOf(field: Field): v.GenericSchema<unknown, string> {
  const entry = reference.validator(field, true);
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, string>(({ dataset, addIssue, NEVER }) => {
      const input = dataset.value === null ? [] : dataset.value;
      if (!Array.isArray(input) || input.length > MAX_LINKS) {
        addIssue({ message: `must be a list of at most ${MAX_LINKS} ids` });
        return NEVER;
      }
      const ids = new Set<string>();
      let fits = true;
      input.forEach((value: unknown, key) => {
        const parsed = v.safeParse(entry, value);
        const refusal = parsed.success
          ? ids.has(parsed.output) && 'is in the list twice'
          : parsed.issues[0].message;
        if (parsed.success) ids.add(parsed.output);
        if (refusal === false) return;
        fits = false;
        addIssue({ message: refusal, path: [{ type: 'array', origin: 'value', input, key, value }] });
      });
      return fits ? arrayLiteral([...ids]) : NEVER;
    }),
  );
}

/** The keys of records of another model, or of the same, in order and each once: many to many. */
export const references: FieldTypeSpec = {
  type: 'references',
  properties: ['to', 'onDelete'],
  checkProperties,
  columnType: (field) => `${reference.columnType(field)}[]`,
  validator: (field, bounds) => (bounds ? listOf(field) : reference.validator(field, false)),
  fromText: (text) => text,
  csv: jsonCell(listFromText, (list) => `${list}::text[]`),
  jsonExpression: (list) => `${list}::text[]`,
  checks: () => [],
  operators: ['_contains', '_in', '_nin', '_null'],
  jsonSchema: (field) => ({
    type: 'array',
    items: reference.jsonSchema(field),
    uniqueItems: true,
    maxItems: MAX_LINKS,
  }),
  typescript: () => 'readonly string[]',
};
