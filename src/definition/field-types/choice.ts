import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER, TEXT_SEARCH } from '../operators.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { checkOptions, listOptions, optionsSql } from '../values/options.ts';
import { refuse, schemaOf } from '../values/reading.ts';
import { readText } from '../values/stored-text.ts';

/** One of a list of texts. */
export const choice: FieldTypeSpec = {
  type: 'choice',
  properties: ['options'],
  checkProperties: checkOptions,
  columnType: () => 'text',
  validator({ options = [] }, bounds) {
    const known = new Set(options);
    return schemaOf((value) => {
      const text = readText(value);
      if (!bounds || typeof text !== 'string' || known.has(text)) return text;
      return refuse(`must be one of ${listOptions(options)}`);
    });
  },
  fromText: (text) => text,
  csv: quotedCell(),
  jsonExpression: (column) => column,
  checks: ({ options = [] }, column) => [`${column} = any (${optionsSql(options)})`],
  operators: [...ORDER, ...TEXT_SEARCH],
  jsonSchema: ({ options = [] }) => ({ type: 'string', enum: options }),
  typescript: ({ options = [] }) => options.map((option) => JSON.stringify(option)).join(' | '),
};
