import type { Finding } from '../../failure.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { arrayLiteral } from '../values/array-literal.ts';
import { jsonCell } from '../values/csv-cell.ts';
import { listFromText } from '../values/from-text.ts';
import { checkOptions, listOptions, optionsSql } from '../values/options.ts';
import { isRefusal, type Refusal, refuse, schemaOf } from '../values/reading.ts';
import { readText } from '../values/stored-text.ts';

function checkProperties(field: FieldInput, path: string): readonly Finding[] {
  const findings = [...checkOptions(field, path)];
  const { minLength, maxLength, options = [] } = field;
  const most = Math.min(maxLength ?? options.length, options.length);
  if (minLength !== undefined && options.length > 0 && minLength > most) {
    findings.push({
      path: pointer(path, 'minLength'),
      code: 'conflicting_properties',
      message: `must not be greater than maxLength and the number of options: at most ${most}`,
    });
  }
  return findings;
}

function readList(value: unknown): readonly string[] | Refusal {
  if (!Array.isArray(value)) return refuse('must be a list of options such as ["a", "b"]');
  const texts: string[] = [];
  for (const entry of value) {
    const text = readText(entry);
    if (isRefusal(text)) return refuse(`must be a list of texts; one of them ${text.refusal}`);
    texts.push(text);
  }
  return texts;
}

/**
 * Some of a list of texts, each at most once, in the order in which they were given; `minLength` and `maxLength` count
 * them. `_eq` and `_ne` ask for exactly these options in any order, `_contains` for a record that has the option, `_in`
 * for one that has at least one of them, and `_nin` for one that has none. `index` is a GIN index, which serves them.
 */
export const choices: FieldTypeSpec = {
  type: 'choices',
  properties: ['options', 'minLength', 'maxLength'],
  checkProperties,
  columnType: () => 'text[]',
  validator({ options = [], minLength = 0, maxLength = options.length }, bounds) {
    const known = new Set(options);
    return schemaOf((value) => {
      const list = readList(value);
      if (isRefusal(list)) return list;
      if (new Set(list).size < list.length) return refuse('must hold each option once');
      if (!bounds) return arrayLiteral(list);
      if (!list.every((option) => known.has(option)))
        return refuse(`must hold none but ${listOptions(options)}`);
      if (list.length < minLength) return refuse(`must hold at least ${minLength} options`);
      if (list.length > maxLength) return refuse(`must hold at most ${maxLength} options`);
      return arrayLiteral(list);
    });
  },
  fromText: listFromText,
  csv: jsonCell(listFromText, (column) => column),
  jsonExpression: (column) => column,
  checks: ({ options = [], minLength, maxLength }, column) => [
    `${column} <@ ${optionsSql(options)}`,
    `remodel.is_set(${column})`,
    ...(minLength ? [`cardinality(${column}) >= ${minLength}`] : []),
    ...(maxLength === undefined ? [] : [`cardinality(${column}) <= ${maxLength}`]),
  ],
  operators: ['_eq', '_ne', '_contains', '_in', '_nin', '_null'],
  isList: true,
  ownIndex: { method: 'gin', operators: 'array_ops' },
  jsonSchema: ({ options = [], minLength, maxLength }) => ({
    type: 'array',
    items: { type: 'string', enum: options },
    uniqueItems: true,
    ...(minLength === undefined ? {} : { minItems: minLength }),
    ...(maxLength === undefined ? {} : { maxItems: maxLength }),
  }),
  typescript: ({ options = [] }) =>
    `readonly (${options.map((option) => JSON.stringify(option)).join(' | ')})[]`,
};
