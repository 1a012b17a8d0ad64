import { quoteLiteral } from '../identifiers.ts';
import {
  type Arithmetic,
  type BinaryOperator,
  type Comparison,
  type Expression,
  ExpressionError,
  type FieldReference,
} from './expression.ts';
import { applyFunction, collated, isOrdered } from './functions.ts';
import { asType, expect, textOf, unify, type Value, type ValueType } from './value-type.ts';

/** What a field is worth where the SQL is to stand. Throws `ExpressionError` where it cannot be used. */
export type Scope = (field: FieldReference, at: number) => Value;

const MAX_INTEGER = 2n ** 31n - 1n;
const MAX_BIGINT = 2n ** 63n - 1n;

/** An expression as SQL, and the type of its values. Throws `ExpressionError` where types do not fit. */
export function compileExpression(
  node: Expression,
  scope: Scope,
): { readonly type: ValueType; readonly sql: string } {
  const { type, sql } = compile(node, scope);
  if (type === 'null') throw new ExpressionError(node.at, 'is always null: it has no type');
  return { type, sql };
}

function compile(node: Expression, scope: Scope): Value {
  const { at } = node;
  switch (node.kind) {
    case 'number':
      return { type: numberType(node.text), sql: `${node.text}::numeric`, at, constant: node.text };
    case 'text':
      return { type: 'text', sql: `${quoteLiteral(node.value)}::text`, at, constant: node.value };
    case 'boolean':
      return { type: 'boolean', sql: String(node.value), at };
    case 'null':
      return { type: 'null', sql: 'null', at };
    case 'field':
      return scope(node.field, at);
    case 'unary':
      return unary(node, compile(node.operand, scope));
    case 'isNull': {
      const operand = compile(node.operand, scope);
      return { type: 'boolean', sql: `(${operand.sql} is ${node.negated ? 'not null' : 'null'})`, at };
    }
    case 'binary':
      return binary(node.operator, compile(node.left, scope), compile(node.right, scope), at);
    case 'case':
      return branching(node, scope);
    case 'call':
      return applyFunction(
        node,
        node.parameters.map((parameter) => compile(parameter, scope)),
      );
  }
}

function numberType(text: string): ValueType {
  if (text.includes('.')) return 'decimal';
  const value = BigInt(text);
  return value <= MAX_INTEGER ? 'integer' : value <= MAX_BIGINT ? 'bigint' : 'decimal';
}

function unary(node: Extract<Expression, { kind: 'unary' }>, operand: Value): Value {
  const { at } = node;
  if (node.operator === 'not') return { type: 'boolean', sql: `(not ${expect(operand, 'boolean')})`, at };
  const sql = `(- ${expect(operand, 'integer', 'bigint', 'decimal', 'float')})`;
  return { type: operand.type, sql, at };
}

function binary(operator: BinaryOperator, left: Value, right: Value, at: number): Value {
  switch (operator) {
    case 'and':
    case 'or': {
      const sql = `(${expect(left, 'boolean')} ${operator} ${expect(right, 'boolean')})`;
      return { type: 'boolean', sql, at };
    }
    case '||':
      return { type: 'text', sql: `(${textOf(left)} || ${textOf(right)})`, at };
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(operator, left, right, at);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return days(operator, left, right, at) ?? arithmetic(operator, left, right, at);
  }
}

function comparison(operator: Comparison, left: Value, right: Value, at: number): Value {
  const nothing = left.type === 'null' ? left : right.type === 'null' ? right : undefined;
  if (nothing) throw new ExpressionError(nothing.at, 'nothing equals null: write is null, or is not null');
  const type = unify([left, right]) ?? 'text';
  const hasOrder = operator !== '=' && operator !== '!=';
  if (hasOrder && !isOrdered(left)) throw new ExpressionError(at, `values of type ${type} have no order`);
  const side = (value: Value) => (hasOrder ? collated(asType(value, type), type) : asType(value, type));
  return { type: 'boolean', sql: `(${side(left)} ${operator} ${side(right)})`, at };
}

/** A day and a number of days, or the days between two. */
function days(operator: Arithmetic, left: Value, right: Value, at: number): Value | undefined {
  if (left.type !== 'date') return undefined;
  if (operator === '-' && right.type === 'date') {
    return { type: 'integer', sql: `(${left.sql} - ${right.sql})::numeric`, at };
  }
  if (operator !== '+' && operator !== '-') return undefined;
  return { type: 'date', sql: `(${left.sql} ${operator} ${expect(right, 'integer')}::integer)`, at };
}

/** What is divided by zero is null, rather than a record that cannot be written. */
function arithmetic(operator: Arithmetic, left: Value, right: Value, at: number): Value {
  for (const value of [left, right]) expect(value, 'integer', 'bigint', 'decimal', 'float');
  const type = unify([left, right]) ?? 'integer';
  const divides = operator === '/' || operator === '%';
  if (operator === '%' && type === 'float') {
    throw new ExpressionError(at, 'a remainder is of exact numbers: decimal(…) makes one of a float');
  }
  const divisor = asType(right, type);
  const sql = `(${asType(left, type)} ${operator} ${divides ? `nullif(${divisor}, 0)` : divisor})`;
  // A half is no whole number: exact numbers divide into decimals.
  return { type: operator === '/' && type !== 'float' ? 'decimal' : type, sql, at };
}

function branching({ branches, otherwise, at }: Extract<Expression, { kind: 'case' }>, scope: Scope): Value {
  const compiled = branches.map(({ when, result }) => ({
    when: expect(compile(when, scope), 'boolean'),
    result: compile(result, scope),
  }));
  const fallback = otherwise ? compile(otherwise, scope) : undefined;
  const type = unify([...compiled.map(({ result }) => result), ...(fallback ? [fallback] : [])]);
  if (type === null) return { type: 'null', sql: 'null', at };
  const whens = compiled.map(({ when, result }) => `when ${when} then ${asType(result, type)}`);
  const last = fallback ? ` else ${asType(fallback, type)}` : '';
  return { type, sql: `(case ${whens.join(' ')}${last} end)`, at };
}
