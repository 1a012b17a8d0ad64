import * as v from 'valibot';
import type { Finding } from '../failure.ts';
import type { Default, FieldType } from './definition.ts';
import type { FieldInput } from './definition-input.ts';
import { ExpressionError, expressionFinding } from './expression/expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { FIELD_TYPE_NAMES, isFieldType, specOf } from './field-types.ts';
import { isSystemField } from './identifiers.ts';
import { hasJoinTable } from './join-table.ts';
import { pointer } from './json-pointer.ts';
import { isObject, PropertyReader } from './property-reader.ts';

import { refuseJson } from './values/json-value.ts';

/** What every field takes, whatever its type. */
const COMMON = [
  'id',
  'name',
  'renamedFrom',
  'type',
  'label',
  'help',
  'required',
  'unique',
  'index',
  'default',
];

/** What a computed field takes; which limits fit is seen once the type of its values is known. */
const OF_COMPUTED: readonly (keyof FieldInput)[] = [
  'expression',
  'min',
  'max',
  'minLength',
  'maxLength',
  'pattern',
];

const MAX_EXPRESSION = 4000;
const MAX_LENGTH = 1_000_000;

const FUNCTION_TYPES: Readonly<Record<'now' | 'uuid', readonly FieldType[]>> = {
  now: ['date', 'time', 'timestamp'],
  uuid: ['uuid'],
};

type PlainInput = FieldInput & { readonly type: FieldType };

/** Whether fields of a type take a property. */
export function takesProperty(type: FieldType, property: string): boolean {
  return [...COMMON, ...specOf({ type }).properties].includes(property);
}

/** Reads the fields of a definition, each on its own. */
export class FieldParser {
  readonly #findings: Finding[];

  constructor(findings: Finding[]) {
    this.#findings = findings;
  }

  /** The field; undefined where not even its name and type could be read. */
  parse(value: unknown, path: string): FieldInput | undefined {
    if (!isObject(value)) {
      this.#find(path, 'invalid_property', 'must be a field: an object with name and type');
      return undefined;
    }
    const reader = new PropertyReader(value, path, this.#findings);
    const name = reader.name('name', isSystemField);
    const type = this.#type(reader, path);
    if (name === undefined || type === undefined) return undefined;
    const isComputed = type === 'computed';
    const properties = isComputed ? OF_COMPUTED : specOf({ type }).properties;
    const common = isComputed ? COMMON.filter((property) => property !== 'default') : COMMON;
    reader.allowOnly([...common, ...properties], isComputed ? ['result'] : []);
    const takes = (property: keyof FieldInput) => properties.includes(property);
    const read = <T>(property: keyof FieldInput, get: () => T | undefined) =>
      takes(property) ? get() : undefined;
    const field = {
      ...reader.given('id', reader.text('id', 64)),
      name,
      ...reader.given('renamedFrom', reader.optionalName('renamedFrom')),
      type,
      ...reader.given('label', reader.text('label', 200)),
      ...reader.given('help', reader.text('help', 2000)),
      ...reader.given('required', reader.boolean('required')),
      ...reader.given('unique', reader.boolean('unique')),
      ...reader.given('index', reader.boolean('index')),
      ...reader.given(
        'min',
        read('min', () => this.#bound(reader, 'min')),
      ),
      ...reader.given(
        'max',
        read('max', () => this.#bound(reader, 'max')),
      ),
      ...reader.given(
        'minLength',
        read('minLength', () => reader.integer('minLength', 0, MAX_LENGTH)),
      ),
      ...reader.given(
        'maxLength',
        read('maxLength', () => reader.integer('maxLength', 1, MAX_LENGTH)),
      ),
      ...reader.given(
        'pattern',
        read('pattern', () => reader.text('pattern', 500)),
      ),
      ...reader.given(
        'precision',
        read('precision', () => reader.integer('precision', 1, 1000)),
      ),
      ...reader.given(
        'scale',
        read('scale', () => reader.integer('scale', 0, 1000)),
      ),
      ...reader.given(
        'dimensions',
        read('dimensions', () => reader.integer('dimensions', 1, 16_000)),
      ),
      ...reader.given(
        'options',
        read('options', () => this.#options(reader)),
      ),
      ...reader.given(
        'to',
        read('to', () => reader.optionalName('to')),
      ),
      ...reader.given(
        'onDelete',
        read('onDelete', () => reader.oneOf('onDelete', ['restrict', 'setNull', 'cascade'] as const)),
      ),
      ...reader.given(
        'expression',
        read('expression', () => this.#expression(reader, path)),
      ),
    };
    if (type === 'computed') return { ...field, type };
    return this.#plain(reader, { ...field, type }, path);
  }

  /** A field that records carry values for: its limits must fit the type, and its default the limits. */
  #plain(reader: PropertyReader, field: PlainInput, path: string): FieldInput {
    const { type } = field;
    const spec = specOf(field);
    const before = this.#findings.length;
    this.#findings.push(...spec.checkProperties(field, path));
    if (spec.ownIndex !== undefined && field.unique) {
      this.#find(pointer(path, 'unique'), 'conflicting_properties', `does not fit a ${type} field`);
    }
    // Only limits that hold together can judge a default.
    const fallback = this.#findings.length === before ? this.#default(reader, field, path) : undefined;
    return { ...field, ...reader.given('default', fallback) };
  }

  #expression(reader: PropertyReader, path: string): string | undefined {
    const text = reader.text('expression', MAX_EXPRESSION);
    if (text === undefined) {
      if (reader.value('expression') !== undefined) return undefined;
      return reader.find('expression', 'required_property', 'is required: what the values are worked out by');
    }
    try {
      parseExpression(text, 'names');
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.#findings.push(expressionFinding(pointer(path, 'expression'), error));
    }
    return text;
  }

  #type(reader: PropertyReader, path: string): FieldInput['type'] | undefined {
    const type = reader.value('type');
    if (type === 'computed' || (typeof type === 'string' && isFieldType(type))) return type;
    const code = type === undefined ? 'required_property' : 'unknown_type';
    this.#find(pointer(path, 'type'), code, `must be one of ${FIELD_TYPE_NAMES.join(', ')}, computed`);
    return undefined;
  }

  #bound(reader: PropertyReader, name: 'min' | 'max'): number | string | undefined {
    const value = reader.value(name);
    if (value === undefined || typeof value === 'number' || typeof value === 'string') return value;
    return reader.find(name, 'invalid_property', 'must be a number, or a decimal number as a string');
  }

  #options(reader: PropertyReader): readonly string[] | undefined {
    const value = reader.value('options');
    if (value === undefined) return undefined;
    const isText = (entry: unknown): entry is string => typeof entry === 'string';
    if (Array.isArray(value) && value.every(isText)) return value;
    return reader.find('options', 'invalid_property', 'must be a list of texts');
  }

  #default(reader: PropertyReader, field: PlainInput, path: string): Default | undefined {
    const value = reader.value('default');
    if (value === undefined) return undefined;
    const at = pointer(path, 'default');
    if (hasJoinTable(field)) {
      this.#find(at, 'invalid_default', 'a list of references starts empty; leave the default out');
      return undefined;
    }
    if (isObject(value) && typeof value['fn'] === 'string' && Object.keys(value).length === 1) {
      const fn = value['fn'] === 'now' ? 'now' : value['fn'] === 'uuid' ? 'uuid' : undefined;
      if (fn && FUNCTION_TYPES[fn].includes(field.type)) return { fn };
      this.#find(
        at,
        'invalid_default',
        `${field.type} has no default function ${value['fn']}; known are now and uuid`,
      );
      return undefined;
    }
    // A reference's key type is known only once its target is; the foreign key judges the default then.
    const { to: _to, required, unique, index, renamedFrom: _from, id: _id, ...limits } = field;
    const judged = { ...limits, id: '', column: field.name };
    const parsed =
      field.type === 'reference' ? null : v.safeParse(specOf(field).validator(judged, true), value);
    if (parsed && !parsed.success) {
      this.#find(at, 'invalid_default', `does not fit the field: ${parsed.issues[0].message}`);
      return undefined;
    }
    if (isDefault(value)) return value;
    this.#find(at, 'invalid_default', 'must be a JSON value');
    return undefined;
  }

  #find(path: string, code: string, message: string): void {
    this.#findings.push({ path, code, message });
  }
}

function isDefault(value: unknown): value is Exclude<Default, null> {
  return value !== null && refuseJson(value) === undefined;
}
