import type { Finding } from '../../failure.ts';

/**
 * The language of computed fields, as a tree. It speaks of one record alone: its own fields, constants, and
 * functions whose answer depends on nothing else.
 */

/** A field by today's name, as clients write it, or by its id, as definitions keep it. */
export type FieldReference = { readonly by: 'name' | 'id'; readonly value: string };

export type UnaryOperator = '-' | 'not';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type BinaryOperator = Arithmetic | Comparison | '||' | 'and' | 'or';

/** `at` is the place in the text where the node begins, counted from 1. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'number' /** Plain digits, a point perhaps among them. */; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'field'; readonly field: FieldReference }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | { readonly kind: 'case'; readonly branches: readonly Branch[]; readonly otherwise: Expression | null }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
);

/** One `when … then …`. */
export interface Branch {
  readonly when: Expression;
  readonly result: Expression;
}

/** Words with a meaning of their own; a field of that name is written in double quotes. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'is',
  'null',
  'true',
  'false',
  'if',
  'case',
  'when',
  'then',
  'else',
  'end',
]);

/** What is wrong with an expression, and where in its text. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly code: 'invalid_expression' | 'unknown_field';
  readonly at: number;

  constructor(at: number, message: string, code: ExpressionError['code'] = 'invalid_expression') {
    super(message);
    this.at = at;
    this.code = code;
  }
}

/** The error as a finding about the expression at `path`, a JSON Pointer. */
export function expressionFinding(path: string, { code, at, message }: ExpressionError): Finding {
  return { path, code, message: `at character ${at}: ${message}` };
}

/** The parts of a node, in the order of the text. */
function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'number':
    case 'text':
    case 'boolean':
    case 'null':
    case 'field':
      return [];
    case 'unary':
    case 'isNull':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'case':
      return [
        ...node.branches.flatMap(({ when, result }) => [when, result]),
        ...(node.otherwise ? [node.otherwise] : []),
      ];
    case 'call':
      return node.parameters;
  }
}

/** The same expression with each of its fields replaced. */
export function mapFields(node: Expression, map: (field: FieldReference) => FieldReference): Expression {
  const mapped = (part: Expression) => mapFields(part, map);
  switch (node.kind) {
    case 'number':
    case 'text':
    case 'boolean':
    case 'null':
      return node;
    case 'field':
      return { ...node, field: map(node.field) };
    case 'unary':
    case 'isNull':
      return { ...node, operand: mapped(node.operand) };
    case 'binary':
      return { ...node, left: mapped(node.left), right: mapped(node.right) };
    case 'case':
      return {
        ...node,
        branches: node.branches.map(({ when, result }) => ({ when: mapped(when), result: mapped(result) })),
        otherwise: node.otherwise && mapped(node.otherwise),
      };
    case 'call':
      return { ...node, parameters: node.parameters.map(mapped) };
  }
}

/** A node and all below it. */
export function nodesOf(node: Expression): readonly Expression[] {
  return [node, ...partsOf(node).flatMap(nodesOf)];
}
