import { checkConstraints } from '../definition/columns.ts';
import type { Definition, Field, KeyType } from '../definition/definition.ts';
import { quoteIdentifier, quoteLiteral } from '../definition/identifiers.ts';
import { hasJoinTable, sourceKeyName } from '../definition/join-table.ts';
import { physicalIndex } from '../definition/model-indexes.ts';
import { keyField } from '../definition/system-fields.ts';
import type { Check } from './check.ts';
import type { ModelContext } from './model-context.ts';
import { moveFieldSteps } from './plan-conversion.ts';
import { checkSteps, notNullSteps } from './plan-fields.ts';
import { alterIndexes, createIndexStep } from './plan-indexes.ts';
import { addLinksSteps, dropLinksSteps } from './plan-links.ts';
import type { Rekeyed } from './rekeyed-definitions.ts';
import { rowsCheck } from './row-checks.ts';
import { sequenceOf } from './steps/create-sequence.ts';
import type { TwoKeys } from './steps/mirror-links.ts';
import { quoteTable } from './steps/table-sql.ts';
import type { Step } from './steps.ts';

/** Keys that become keys of another type, as SQL: both ways the same text, so that no two become one. */
const CONVERSIONS: Readonly<Record<KeyType, Partial<Record<KeyType, (value: string) => string>>>> = {
  text: { uuid: (value) => `${value}::text`, bigint: (value) => `${value}::text` },
  uuid: { text: (value) => sameText(`remodel.uuid_of(${value})`, value) },
  bigint: { text: (value) => sameText(`remodel.bigint_of(remodel.number_of(${value}))`, value) },
};

function sameText(converted: string, value: string): string {
  return `case when ${converted}::text = ${value} then ${converted} end`;
}

/** The conversion of present keys to the next ones; null where records get new keys. */
function conversionOf({ before, after, generate }: Rekeyed): ((value: string) => string) | null {
  return generate ? null : (CONVERSIONS[after.key][before.key] ?? null);
}

/** The keys that would not convert, looked at before anything is touched. */
function keyChecks(context: ModelContext, rekeyed: Rekeyed): readonly Check[] {
  const forward = conversionOf(rekeyed);
  if (forward === null || rekeyed.before.key !== 'text') return [];
  const value = `t.${quoteIdentifier(context.key.column)}`;
  return [rowsCheck(context, 'conversion', 'id', value, `${forward(value)} is null`)];
}

/** A model that a change alters, as it was and as it will be. */
export interface Altered {
  readonly before: Definition;
  readonly context: ModelContext;
}

/**
 * The key of a model is exchanged for another one (recipe R4). First its records get the next key beside the one
 * that they have, then everything that refers to them follows, both kept in step until the contract.
 */
export function planKey(
  rekeyed: Rekeyed,
  altered: readonly Altered[],
): {
  readonly steps: readonly Step[];
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
} {
  const { before, after } = rekeyed;
  const owner = altered.find(({ context }) => context.after === after);
  if (!owner) throw new TypeError(`the model ${after.name} is not among those that change`);
  const { context } = owner;
  const keys: TwoKeys = {
    table: quoteTable(context.target),
    from: quoteIdentifier(keyField(before).column),
    to: quoteIdentifier(keyField(after).column),
  };
  const followers = altered.flatMap((model) => followSteps(model, after, keys));
  const renewed = `${after.name}: every record gets a new id; references follow, but what was noted elsewhere (a link, an export) finds its record only by the id of before, which stays in the trash`;
  return {
    steps: [
      ...beginSteps(context, rekeyed),
      {
        kind: 'noteByKey',
        ...stepOfKey(context, rekeyed, 'publish'),
        modelId: after.id,
        key: keyField(after).column,
      },
      ...followers.map(late),
      ...endSteps(context, rekeyed),
    ],
    checks: keyChecks(context, rekeyed),
    warnings: conversionOf(rekeyed) === null ? [renewed] : [],
  };
}

/** Not before every record has its next key: a trigger that looks for it finds it. */
function late(step: Step): Step {
  return step.phase === 'expand' ? { ...step, phase: 'backfill' } : step;
}

function stepOfKey<P extends Step['phase']>(context: ModelContext, { before, after }: Rekeyed, phase: P) {
  return {
    phase,
    model: after.name,
    field: 'id',
    target: context.target,
    columns: [keyField(before).column, keyField(after).column],
  };
}

/** The next key beside the one before: its column, its values, its index. */
function beginSteps(context: ModelContext, rekeyed: Rekeyed): readonly Step[] {
  const { before, after } = rekeyed;
  const [from, to] = [keyField(before).column, keyField(after).column];
  const on = <P extends Step['phase']>(phase: P) => stepOfKey(context, rekeyed, phase);
  const { key } = context;
  const sequence = sequenceOf(context.target, to);
  const numbers: readonly Step[] =
    after.key === 'bigint' ? [{ kind: 'createSequence', ...on('expand'), column: to }] : [];
  const defaults = {
    uuid: 'remodel.uuid_v7()',
    bigint: `nextval(${quoteLiteral(quoteTable(sequence))})`,
    text: null,
  } as const;
  const value = defaults[after.key];
  const index = createIndexStep(context, keyIndex(after), 'backfill');
  const forward = conversionOf(rekeyed);
  if (forward === null) {
    if (value === null) throw new TypeError('nothing makes a text key');
    return [
      { kind: 'addColumn', ...on('expand'), column: to, type: after.key, default: null },
      ...numbers,
      { kind: 'setDefault', ...on('expand'), column: to, default: value },
      { kind: 'backfill', ...on('backfill'), column: to, value, key },
      index,
      // The class before reads what the next one creates: under some key.
      ...(before.key === 'text'
        ? [
            {
              kind: 'setDefault' as const,
              ...on('publish'),
              column: from,
              default: 'gen_random_uuid()::text',
            },
          ]
        : []),
    ];
  }
  const back = CONVERSIONS[before.key][after.key];
  return [
    {
      kind: 'addShadow',
      ...on('expand'),
      from,
      to,
      type: after.key,
      forward: forward(`new.${quoteIdentifier(from)}`),
      // Where Postgres makes the keys of before, it makes them for the class before to read, too.
      back:
        before.key === 'text' && back ? back(`new.${quoteIdentifier(to)}`) : `new.${quoteIdentifier(from)}`,
    },
    ...numbers,
    {
      kind: 'convert',
      ...on('backfill'),
      to,
      value: forward(`t.${quoteIdentifier(from)}`),
      lossy: false,
      key,
    },
    index,
    {
      kind: 'switchKey',
      ...on('publish'),
      to,
      default: value,
      sequence: after.key === 'bigint' ? quoteTable(sequence) : null,
    },
  ];
}

/** The rules of a key, then its place as the primary one: the last that is done. */
function endSteps(context: ModelContext, rekeyed: Rekeyed): readonly Step[] {
  const { before, after } = rekeyed;
  const field = keyField(after);
  return [
    ...notNullSteps(context, field, null),
    ...checkConstraints(field).flatMap((limit) => checkSteps(context, field, limit, 'contract')),
    {
      kind: 'swapKey',
      ...stepOfKey(context, rekeyed, 'contract'),
      from: keyField(before).column,
      to: field.column,
      index: keyIndex(after).name,
      modelId: after.id,
      trashSchema: context.trashSchema,
    },
  ];
}

function keyIndex(model: Definition) {
  return physicalIndex(model, { fields: ['id'], unique: true });
}

/** What refers to the records, and the lists that belong to them. */
function followSteps({ context, before }: Altered, model: Definition, keys: TwoKeys): readonly Step[] {
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const fields = context.after.fields.flatMap((field) => {
    const previous = had.get(field.id);
    if (!previous || previous.column === field.column) return [];
    if (!hasJoinTable(field)) return moveFieldSteps(context, previous, field);
    const source = context.after.id === model.id ? keys : null;
    return moveLinksSteps(context, previous, field, { source, to: field.to === model.id ? keys : null });
  });
  return [...fields, ...alterIndexes(context, before)];
}

/** A list whose links are kept by other keys in another join table, in step with the one before. */
function moveLinksSteps(
  context: ModelContext,
  before: Field,
  field: Field,
  mirrored: { readonly source: TwoKeys | null; readonly to: TwoKeys | null },
): readonly Step[] {
  const { schema } = context.target;
  const next = { schema, table: field.column };
  const on = <P extends Step['phase']>(phase: P) => ({
    phase,
    model: context.after.name,
    field: field.name,
    target: { schema, table: before.column },
    columns: ['*'],
  });
  return [
    ...addLinksSteps(context, field),
    { kind: 'mirrorLinks', ...on('backfill'), next, ...mirrored },
    { kind: 'copyLinks', ...on('backfill'), next, ...mirrored, owner: context.target, key: context.key },
    { kind: 'dropMirror', ...on('contract'), next },
    { kind: 'dropConstraint', ...on('contract'), constraint: sourceKeyName(before) },
    ...dropLinksSteps(context, before),
  ];
}
