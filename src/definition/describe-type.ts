import { showExpression } from './computed.ts';
import type { Field, FieldType } from './definition.ts';
import type { NameOf } from './show-definition.ts';

/** The type of a field in words, with its article: `a decimal(4,0)`, `a reference to person`. */
export function describeType(field: Field, nameOf: NameOf, fieldNameOf: NameOf): string {
  const type = withArticle(field.type, parametersOf(field, nameOf));
  if (field.expression === undefined) return type;
  return `${type} computed from ${showExpression(field.expression, fieldNameOf)}`;
}

function parametersOf({ type, precision, scale, dimensions, to }: Field, nameOf: NameOf): string {
  if (to !== undefined) return ` to ${nameOf(to) ?? 'a model that is gone'}`;
  if (type === 'decimal' && precision !== undefined) return `(${precision},${scale ?? 0})`;
  if (type === 'vector' && dimensions !== undefined) return `(${dimensions})`;
  return '';
}

function withArticle(type: FieldType, parameters: string): string {
  if (type === 'references') return `a list of references${parameters}`;
  if (type === 'choices') return 'a list of choices';
  const article = /^(integer|interval|email)$/.test(type) ? 'an' : 'a';
  return `${article} ${type}${parameters}`;
}
