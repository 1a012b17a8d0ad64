import type { FieldInput } from '../../definition/definition-input.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { parseField } from '../../definition/parse-definition.ts';
import { type RuleOfCheck, ruleOfCheck } from './adopted-checks.ts';
import type { Leave, Limit } from './adopted-parts.ts';
import { typeOfColumn } from './adopted-type.ts';

/** A rule, and the constraint that says it. */
export interface NamedRule extends RuleOfCheck {
  readonly constraint: string;
}

/** The rules of columns, by column; what is no rule of one is left. */
export function rulesIn(found: FoundTable, leave: Leave): ReadonlyMap<string, readonly NamedRule[]> {
  const types = new Map(found.columns.map((column) => [column.name, typeOfColumn(column)?.type ?? '']));
  const rules = found.constraints.flatMap((constraint): readonly NamedRule[] => {
    const { name, kind, validated, definition } = constraint;
    if (kind === 'exclusion') leave('constraint', name, 'exclusions are no part of definitions');
    if (kind !== 'check') return [];
    if (!validated) {
      leave('constraint', name, 'it is not validated: validate it, then adopt the table');
      return [];
    }
    const rule = ruleOfCheck(definition, (column) => types.get(column) ?? '');
    if (rule) return [{ ...rule, constraint: name }];
    leave('constraint', name, `no property of a field says this: ${definition}`);
    return [];
  });
  return Map.groupBy(rules, (rule) => rule.column);
}

/** A field with the limits of its checks; those that do not fit it are left. */
export function withRules(input: FieldInput, rules: readonly NamedRule[], leave: Leave) {
  const limits = new Map<Limit, string | null>();
  if (input.options) limits.set('options', null);
  if (input.maxLength !== undefined) limits.set('maxLength', null);
  let field = input;
  for (const { constraint, limits: more } of rules) {
    const isTaken = Object.keys(more).some((name) => name !== 'maxLength' && name in field);
    const isWider =
      more.maxLength !== undefined && more.maxLength >= (field.maxLength ?? Number.POSITIVE_INFINITY);
    const next = withLimits(field, more);
    if (isTaken || isWider || !next || !parseField(next, '').ok) {
      leave('constraint', constraint, 'its field cannot say this as well');
      continue;
    }
    if (next.type === 'choice') limits.delete('maxLength');
    field = next;
    for (const name of Object.keys(more) as (keyof typeof more)[]) limits.set(name, constraint);
  }
  return { input: field, limits };
}

function withLimits(field: FieldInput, limits: RuleOfCheck['limits']): FieldInput | null {
  if (limits.options === undefined) return field.type === 'choice' ? null : { ...field, ...limits };
  if (field.type !== 'text' || field.pattern !== undefined || field.minLength !== undefined) return null;
  return { name: field.name, type: 'choice', options: limits.options };
}
