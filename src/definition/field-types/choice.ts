import type { Finding } from '../../failure.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec } from '../field-type.ts';
import { quoteLiteral } from '../identifiers.ts';
import { pointer } from '../json-pointer.ts';
import { ORDER, TEXT_SEARCH } from '../operators.ts';
import { refuse, schemaOf } from '../values/reading.ts';
import { readText, refuseUnstorable } from '../values/stored-text.ts';

const MAX_OPTIONS = 500;
const MAX_OPTION_LENGTH = 200;

function checkProperties({ options }: FieldInput, path: string): readonly Finding[] {
  const at = pointer(path, 'options');
  if (!options || options.length === 0 || options.length > MAX_OPTIONS) {
    const code = options ? 'invalid_property' : 'required_property';
    return [{ path: at, code, message: `must be a list of 1 to ${MAX_OPTIONS} texts` }];
  }
  const findings: Finding[] = [];
  const seen = new Set<string>();
  options.forEach((option, n) => {
    const unfit = option.length > MAX_OPTION_LENGTH || option === '';
    const reason = unfit
      ? `must be a text of 1 to ${MAX_OPTION_LENGTH} characters`
      : refuseUnstorable(option);
    if (reason !== undefined)
      findings.push({ path: pointer(at, n), code: 'invalid_property', message: reason });
    if (seen.has(option)) {
      findings.push({
        path: pointer(at, n),
        code: 'conflicting_properties',
        message: `${option} is listed twice`,
      });
    }
    seen.add(option);
  });
  return findings;
}

/** One of a list of texts. */
export const choice: FieldTypeSpec = {
  type: 'choice',
  properties: ['options'],
  checkProperties,
  columnType: () => 'text',
  validator({ options = [] }, bounds) {
    const known = new Set(options);
    return schemaOf((value) => {
      const text = readText(value);
      if (!bounds || typeof text !== 'string' || known.has(text)) return text;
      return refuse(`must be one of ${options.slice(0, 20).join(', ')}${options.length > 20 ? ' …' : ''}`);
    });
  },
  fromText: (text) => text,
  jsonExpression: (column) => column,
  checks: ({ options = [] }, column) => [
    `${column} = any (array[${options.map(quoteLiteral).join(', ')}]::text[])`,
  ],
  operators: [...ORDER, ...TEXT_SEARCH],
  jsonSchema: ({ options = [] }) => ({ type: 'string', enum: options }),
  typescript: ({ options = [] }) => options.map((option) => JSON.stringify(option)).join(' | '),
};
