import type { FieldTypeSpec, Operator, OwnOperator } from '../field-type.ts';
import { arrayLiteral } from '../values/array-literal.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { listOf } from '../values/elements.ts';
import { jsonFromText } from '../values/from-text.ts';
import { refuseJson } from '../values/json-value.ts';
import { escapeLike } from '../values/like-pattern.ts';
import { isRefusal, type Reader, refuse, schemaOf } from '../values/reading.ts';

const read: Reader = (value) => {
  const reason = refuseJson(value);
  return reason === undefined ? JSON.stringify(value) : refuse(reason);
};

/** As a filter gives it: JSON, or a text that spells it; what spells none is a text. */
const asked = (value: unknown, isText: boolean) =>
  isText && typeof value === 'string' ? jsonFromText(value) : value;

const readOne: OwnOperator['read'] = (value, isText) => {
  const operand = read(asked(value, isText));
  return isRefusal(operand) ? operand : [operand];
};

const readMany =
  (least: number, most: number): OwnOperator['read'] =>
  (value, isText) => {
    const list = listOf(value, least, most);
    if (isRefusal(list)) return list;
    const operands = list.map((entry) => read(asked(entry, isText)));
    return operands.find(isRefusal) ?? operands.filter((operand) => typeof operand === 'string');
  };

const readSet: OwnOperator['read'] = (value, isText) => {
  const operands = readMany(1, 1000)(value, isText);
  return isRefusal(operands) ? operands : [arrayLiteral(operands)];
};

const readText: OwnOperator['read'] = (value) =>
  typeof value === 'string' && refuseJson(value) === undefined ? [value] : refuse('must be a text');

/** A condition on a value that is a text. */
const ofText = (value: string, condition: (text: string) => string) =>
  `(jsonb_typeof(${value}) = 'string' and ${condition(`(${value} #>> '{}')`)})`;

/** An order among values of one kind: a number is neither less nor more than a text. */
const ordered = (word: string): OwnOperator => ({
  operandSchema: {},
  read: readOne,
  sql(value, [operand = ''], add) {
    const other = add(operand, 'jsonb');
    return `(jsonb_typeof(${value}) = jsonb_typeof(${other}) and ${value} ${word} ${other})`;
  },
});

/** It holds the value: a list the element, an object the members, a text the text; each contains itself. */
const contains: OwnOperator = {
  operandSchema: {},
  read(value, isText) {
    const operand = asked(value, isText);
    const json = read(operand);
    if (isRefusal(json)) return json;
    return typeof operand === 'string' ? [json, operand] : [json];
  },
  sql(value, [operand = '', part], add) {
    const held = `${value} @> ${add(operand, 'jsonb')}`;
    if (part === undefined) return held;
    return `(${held} or ${ofText(value, (text) => `strpos(${text}, ${add(part, 'text')}) > 0`)})`;
  },
};

/** Any JSON value. Postgres keeps every digit of its numbers, and not the order of an object's members. */
export const json: FieldTypeSpec = {
  type: 'json',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'jsonb',
  validator: () => schemaOf(read),
  fromText: jsonFromText,
  csv: quotedCell(jsonFromText),
  jsonExpression: (column) => column,
  checks: () => [],
  operators: ['_eq', '_ne', '_contains', '_null'],
  ownOperators: { _contains: contains },
  ownIndex: { method: 'gin', operators: 'jsonb_path_ops' },
  jsonSchema: () => ({}),
  typescript: () => 'unknown',
};

/** What is asked of a value within JSON, whatever kind it is of. */
const OF_MEMBERS = {
  _eq: {
    operandSchema: {},
    read: readOne,
    sql: (value, [operand = ''], add) => `${value} = ${add(operand, 'jsonb')}`,
  },
  _ne: {
    operandSchema: {},
    read: readOne,
    sql: (value, [operand = ''], add) => `${value} is distinct from ${add(operand, 'jsonb')}`,
  },
  _lt: ordered('<'),
  _lte: ordered('<='),
  _gt: ordered('>'),
  _gte: ordered('>='),
  _between: {
    operandSchema: { type: 'array', minItems: 2, maxItems: 2 },
    read: readMany(2, 2),
    sql(value, [least = '', most = ''], ...more) {
      const bounds = [ordered('>=').sql(value, [least], ...more), ordered('<=').sql(value, [most], ...more)];
      return `(${bounds.join(' and ')})`;
    },
  },
  _in: {
    operandSchema: { type: 'array', minItems: 1, maxItems: 1000 },
    read: readSet,
    sql: (value, [set = ''], add) => `${value} = any (${add(set, 'jsonb[]')})`,
  },
  _nin: {
    operandSchema: { type: 'array', minItems: 1, maxItems: 1000 },
    read: readSet,
    sql: (value, [set = ''], add) => `(${value} <> all (${add(set, 'jsonb[]')}) or ${value} is null)`,
  },
  _contains: contains,
  _icontains: {
    operandSchema: { type: 'string' },
    read(value, isText) {
      const text = readText(value, isText);
      return isRefusal(text) ? text : text.map(escapeLike);
    },
    sql: (value, [part = ''], add) =>
      ofText(value, (text) => `${text} ilike '%' || ${add(part, 'text')} || '%'`),
  },
  _startsWith: {
    operandSchema: { type: 'string' },
    read: readText,
    sql: (value, [part = ''], add) => ofText(value, (text) => `starts_with(${text}, ${add(part, 'text')})`),
  },
  _endsWith: {
    operandSchema: { type: 'string' },
    read: readText,
    sql: (value, [part = ''], add) => {
      const end = add(part, 'text');
      return ofText(value, (text) => `right(${text}, char_length(${end})) = ${end}`);
    },
  },
} satisfies Partial<Record<Operator, OwnOperator>>;

/** A value that names lead to within JSON. */
export const jsonMember: FieldTypeSpec = {
  ...json,
  operators: [
    '_eq',
    '_ne',
    '_lt',
    '_lte',
    '_gt',
    '_gte',
    '_in',
    '_nin',
    '_between',
    '_contains',
    '_icontains',
    '_startsWith',
    '_endsWith',
    '_null',
  ],
  ownOperators: OF_MEMBERS,
};
