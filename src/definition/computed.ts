import { asRead } from './adopted.ts';
import type { Field, Moment } from './definition.ts';
import { compileExpression } from './expression/compile-expression.ts';
import { ExpressionError, mapFields, nodesOf } from './expression/expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { printExpression } from './expression/print-expression.ts';
import { fieldValue } from './expression/value-type.ts';
import { specOf } from './field-types.ts';
import { momentField, momentsOf } from './system-fields.ts';

/** A field whose values the database works out. */
export type ComputedField = Field & { readonly expression: string };

export function isComputed(field: Field): field is ComputedField {
  return field.expression !== undefined;
}

/** The system's fields that expressions can use. A key may become one of another type. */
const MOMENTS = momentsOf({}).map(momentField);

/** The fields that expressions can speak of: those given, and the system's; an adopted table may lack some of these. */
export function usableFields(
  fields: readonly Field[],
  moments: readonly Moment[] = momentsOf({}),
): readonly Field[] {
  return [...moments.map(momentField), ...fields];
}

/** The fields that records carry values for. */
export function enteredFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => !isComputed(field));
}

/** The ids of the fields that an expression uses. */
export function usedIds(field: ComputedField): readonly string[] {
  const nodes = nodesOf(parseExpression(field.expression, 'ids'));
  return [...new Set(nodes.flatMap((node) => (node.kind === 'field' ? node.field.value : [])))];
}

/** The fields with values of their own that a computed one depends on, through others that are computed too. */
export function enteredSources(field: ComputedField, fields: readonly Field[]): readonly Field[] {
  const found = new Set<Field>();
  const visit = (computed: ComputedField) => {
    const ids = new Set(usedIds(computed));
    for (const source of fields.filter((other) => ids.has(other.id) && !found.has(other))) {
      found.add(source);
      if (isComputed(source)) visit(source);
    }
  };
  visit(field);
  return enteredFields([...found]);
}

/** An expression with today's names. What has no name any more keeps its id. */
export function showExpression(expression: string, nameOf: (id: string) => string | undefined): string {
  const named = mapFields(parseExpression(expression, 'ids'), (field) => {
    const name = nameOf(field.value) ?? MOMENTS.find(({ id }) => id === field.value)?.name;
    return name === undefined ? field : { by: 'name', value: name };
  });
  return printExpression(named);
}

/** The SQL of a computed field's value. `sqlOf` gives that of the fields that it uses. */
export function computedSql(
  field: ComputedField,
  fields: readonly Field[],
  sqlOf: (source: Field) => string,
): string {
  const known = usableFields(fields);
  const { sql } = compileExpression(parseExpression(field.expression, 'ids'), ({ value: id }, at) => {
    const source = known.find((other) => other.id === id);
    if (!source) throw new ExpressionError(at, `there is no field of the id ${id}`, 'unknown_field');
    return fieldValue(source, asRead(source, sqlOf(source)), at);
  });
  return `(${sql})::${specOf(field).columnType(field)}`;
}

/** The computed fields, each after those that it uses, with how many stand in a row up to it. */
export function computedInOrder(
  fields: readonly Field[],
): readonly { readonly field: ComputedField; readonly level: number }[] {
  const levels = new Map<string, number>();
  const computed = new Map(fields.filter(isComputed).map((field) => [field.id, field]));
  const levelOf = (field: ComputedField): number => {
    const known = levels.get(field.id);
    if (known !== undefined) return known;
    const below = usedIds(field).flatMap((id) => computed.get(id) ?? []);
    const level = 1 + Math.max(0, ...below.map(levelOf));
    levels.set(field.id, level);
    return level;
  };
  return [...computed.values()]
    .map((field) => ({ field, level: levelOf(field) }))
    .sort((a, b) => a.level - b.level);
}
