import * as v from 'valibot';
import type { Operator } from './field-type.ts';
import type { FilterField } from './filter.ts';
import { arrayLiteral } from './values/array-literal.ts';
import { elementsOf, listOf } from './values/elements.ts';
import { escapeLike } from './values/like-pattern.ts';
import { isRefusal, type Refusal, refuse } from './values/reading.ts';

const MAX_VALUES = 1000;

/** What a comparison compares with: the parameters of its SQL, in their order. */
type Operands = readonly string[] | Refusal;

/** Reads the value that a filter gives an operator: a JSON value or, as a query string has it, a text. */
export function readOperands(
  field: FilterField,
  operator: Operator,
  value: unknown,
  isText: boolean,
): Operands {
  const own = field.spec.ownOperators?.[operator];
  if (own) return own.read(value, isText);
  switch (operator) {
    case '_null':
      if (value === true || value === 'true' || value === '') return ['true'];
      return value === false || value === 'false' ? ['false'] : refuse('must be true or false');
    case '_contains':
      return readContained(field, value);
    case '_icontains':
      return mapped(readText(value), ([text = '']) => [escapeLike(text)]);
    case '_startsWith':
    case '_endsWith':
      return readText(value);
    case '_in':
    case '_nin':
      return mapped(readList(field, value, 1, MAX_VALUES), (list) => [arrayLiteral(list)]);
    case '_between':
      return readList(field, value, 2, 2);
    default:
      return readValue(field, value);
  }
}

function mapped(operands: Operands, to: (operands: readonly string[]) => readonly string[]): Operands {
  return isRefusal(operands) ? operands : to(operands);
}

/** Of a list, several elements may be asked for; a text is one, commas and all. */
function readContained(field: FilterField, value: unknown): Operands {
  if (!field.spec.isList && field.joinTable === null) return readText(value);
  const elements = elementsOf(value) ? readList(field, value, 1, MAX_VALUES) : readElement(field, value);
  // Each link is looked for on its own.
  if (field.joinTable !== null) return mapped(elements, (keys) => keys.map((key) => arrayLiteral([key])));
  return mapped(elements, (list) => [arrayLiteral(list)]);
}

function readText(value: unknown): Operands {
  const isText = typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
  return isText ? [value] : refuse('must be a text');
}

function readList(field: FilterField, value: unknown, least: number, most: number): Operands {
  const list = listOf(value, least, most);
  if (isRefusal(list)) return list;
  const operands: string[] = [];
  for (const entry of list) {
    const read = readElement(field, entry);
    if (isRefusal(read)) return read;
    operands.push(...read);
  }
  return operands;
}

function readElement(field: FilterField, value: unknown): Operands {
  return field.spec.isList ? readText(value) : readValue(field, value);
}

function readValue(field: FilterField, value: unknown): Operands {
  const json = typeof value === 'string' ? field.spec.fromText(value) : value;
  const parsed = v.safeParse(field.comparable, json);
  return parsed.success ? [parsed.output] : refuse(`${field.name} ${parsed.issues[0].message}`);
}
