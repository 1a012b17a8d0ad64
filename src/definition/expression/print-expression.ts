import { type Expression, type FieldReference, KEYWORDS } from './expression.ts';
import { COMPARISON_LEVEL, LEVELS } from './precedence.ts';

/** A negated value and what needs no parentheses anywhere. */
const NEGATIVE_LEVEL = LEVELS.length;
const PRIMARY_LEVEL = LEVELS.length + 1;

/** The one text of an expression: parsed again it is the same expression. */
export function printExpression(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return node.text;
    case 'text':
      return `'${node.value.replaceAll("'", "''")}'`;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'field':
      return printField(node.field);
    case 'unary':
      return node.operator === 'not'
        ? `not ${printAt(COMPARISON_LEVEL, node.operand)}`
        : `-${printAt(PRIMARY_LEVEL, node.operand)}`;
    case 'isNull':
      return `${printAt(COMPARISON_LEVEL + 1, node.operand)} is ${node.negated ? 'not null' : 'null'}`;
    case 'binary': {
      const level = levelOf(node);
      const left = printAt(level === COMPARISON_LEVEL ? level + 1 : level, node.left);
      return `${left} ${node.operator} ${printAt(level + 1, node.right)}`;
    }
    case 'case':
      return printCase(node);
    case 'call':
      return `${node.name}(${node.parameters.map(printExpression).join(', ')})`;
  }
}

function printField({ by, value }: FieldReference): string {
  if (by === 'id') return `{${value}}`;
  return KEYWORDS.has(value) ? `"${value}"` : value;
}

function printCase({ branches, otherwise }: Extract<Expression, { kind: 'case' }>): string {
  const [first] = branches;
  if (first && branches.length === 1) {
    return `if(${[first.when, first.result, ...(otherwise ? [otherwise] : [])].map(printExpression).join(', ')})`;
  }
  const whens = branches.map(
    ({ when, result }) => `when ${printExpression(when)} then ${printExpression(result)} `,
  );
  return `case ${whens.join('')}${otherwise ? `else ${printExpression(otherwise)} ` : ''}end`;
}

/** The text, in parentheses where it binds looser than its place asks for. */
function printAt(level: number, node: Expression): string {
  const text = printExpression(node);
  return levelOf(node) < level ? `(${text})` : text;
}

function levelOf(node: Expression): number {
  switch (node.kind) {
    case 'binary':
      return LEVELS.findIndex((operators) => operators.includes(node.operator));
    case 'isNull':
      return COMPARISON_LEVEL;
    case 'unary':
      return node.operator === 'not' ? COMPARISON_LEVEL : NEGATIVE_LEVEL;
    default:
      return PRIMARY_LEVEL;
  }
}
