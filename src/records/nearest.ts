import { createHash } from 'node:crypto';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { SortKey } from './sort-key.ts';

/** An order of what is nearest first, among the records that have a value at all. */
export interface Nearest {
  /** The given value: a parameter of its own, ahead of those of filters. */
  readonly operand: string;
  readonly condition: string;
  readonly distance: SortKey;
}

/** The one parameter that is meant: `nearest[place]=13.4,52.5`, `nearest[embedding]=[0.1,0.9]`. */
const PARAMETER = /^nearest\[([^\]]*)\]$/;

/**
 * Reads `nearest[FIELD]=VALUE`; `n` is the number of the parameter that the value becomes. Where the answer may not be
 * approximate, no index serves the order. Null where it is not asked for.
 */
export function parseNearest(
  model: ModelClass,
  params: URLSearchParams,
  { n, mayApproximate }: { readonly n: number; readonly mayApproximate: boolean },
  findings: Finding[],
): Nearest | null {
  const asked = [...params].filter(([name]) => name.startsWith('nearest['));
  const [one, ...others] = asked;
  if (!one) return null;
  const [path, text] = one;
  const refuse = (code: string, message: string) => {
    findings.push({ path, code, message });
    return null;
  };
  if (others.length > 0) return refuse('invalid_value', 'what is nearest is so by one field');
  const name = PARAMETER.exec(path)?.[1] ?? '';
  const field = model.fields.get(name);
  const defined = model.definition.fields.find(({ id }) => id === field?.id);
  if (!field || !defined) return refuse('unknown_field', `${model.definition.name} has no field ${name}`);
  const { nearness } = field.spec;
  if (!nearness) return refuse('not_sortable', `${name} (${field.spec.type}) knows no distances`);
  const operand = nearness.read(text, defined);
  if (typeof operand !== 'string') return refuse('invalid_value', `${name} ${operand.refusal}`);
  const distance = nearness.sql(`t.${field.column}`, `$${n}::${nearness.operandType(defined)}`);
  const sql = mayApproximate ? `(${distance})` : `((${distance}) + 0)`;
  const digest = createHash('sha256').update(operand).digest('base64url').slice(0, 8);
  return {
    operand,
    condition: `${sql} is not null`,
    distance: {
      id: `nearest ${field.id} ${digest}`,
      sql,
      columnType: 'float8',
      nullable: false,
      descending: false,
      nullsFirst: false,
    },
  };
}
