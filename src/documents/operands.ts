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
  if (operator === '_near' || operator === '_within')
    throw new TypeError(`${type} does not say what ${operator} is`);
  switch (OPERANDS[operator]) {
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
