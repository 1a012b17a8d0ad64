import type { FieldType } from '../definition/definition.ts';
import type { CommonOperator, JsonSchema, Operator } from '../definition/field-type.ts';
import { specOf } from '../definition/field-types.ts';

/** What an operator compares with. */
type Operand = 'value' | 'values' | 'pair' | 'text' | 'truth';

const OPERANDS: Readonly<Record<CommonOperator, Operand>> = {
  _eq: 'value',
  _ne: 'value',
  _lt: 'value',
  _lte: 'value',
  _gt: 'value',
  _gte: 'value',
  _in: 'values',
  _nin: 'values',
  _contains: 'text',
  _icontains: 'text',
  _startsWith: 'text',
  _endsWith: 'text',
  _null: 'truth',
  _between: 'pair',
};

const MAX_VALUES = 1000;

function operandOf(type: FieldType, operator: Operator): Operand {
  if (operator !== '_near' && operator !== '_within') return OPERANDS[operator];
  throw new TypeError(`${type} does not say what ${operator} is`);
}

/** The conditions that a filter may put on a field of a type, as JSON Schema. */
export function conditionSchema(type: FieldType): JsonSchema {
  const { operators } = specOf({ type });
  return {
    type: 'object',
    properties: Object.fromEntries(operators.map((operator) => [operator, operandSchema(type, operator)])),
    // Names within JSON lead to values that have conditions of their own.
    additionalProperties: type === 'json' ? { type: 'object' } : false,
  };
}

function operandSchema(type: FieldType, operator: Operator): JsonSchema {
  const own = specOf({ type }).ownOperators?.[operator];
  if (own) return own.operandSchema;
  switch (operandOf(type, operator)) {
    case 'value':
      return valueSchema(type);
    case 'values':
      return { type: 'array', items: elementSchema(type), minItems: 1, maxItems: MAX_VALUES };
    case 'pair':
      return { type: 'array', items: valueSchema(type), minItems: 2, maxItems: 2 };
    case 'truth':
      return { type: 'boolean' };
    case 'text':
      return isListed(type)
        ? { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] }
        : { type: 'string' };
  }
}

/** Values are compared by their type alone: what is no option of a choice is only found nowhere. */
function valueSchema(type: FieldType): JsonSchema {
  if (type === 'choice' || type === 'reference') return { type: 'string' };
  if (isListed(type)) return { type: 'array', items: { type: 'string' } };
  return specOf({ type }).jsonSchema({ id: '', name: '', column: '', type });
}

function elementSchema(type: FieldType): JsonSchema {
  return isListed(type) ? { type: 'string' } : valueSchema(type);
}

function isListed(type: FieldType): boolean {
  return type === 'choices' || type === 'references';
}

/** The same conditions as a TypeScript type. */
export function conditionType(type: FieldType): string {
  const { operators } = specOf({ type });
  const members = operators.map((operator) => `${operator}?: ${operandType(type, operator)}`);
  // Names within JSON, as in the schema.
  if (type === 'json') members.push('[name: string]: unknown');
  return `{ ${members.join('; ')} }`;
}

function operandType(type: FieldType, operator: Operator): string {
  const own = specOf({ type }).ownOperators?.[operator];
  if (own) return own.operandTypescript ?? 'unknown';
  switch (operandOf(type, operator)) {
    case 'value':
      return valueType(type);
    case 'values':
      return `readonly ${isListed(type) ? 'string' : valueType(type)}[]`;
    case 'pair':
      return `readonly [${valueType(type)}, ${valueType(type)}]`;
    case 'truth':
      return 'boolean';
    case 'text':
      return isListed(type) ? 'string | readonly string[]' : 'string';
  }
}

function valueType(type: FieldType): string {
  if (type === 'choice' || type === 'reference') return 'string';
  if (isListed(type)) return 'readonly string[]';
  return specOf({ type }).typescript({ id: '', name: '', column: '', type });
}
