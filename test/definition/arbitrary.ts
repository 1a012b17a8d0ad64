import fc from 'fast-check';
import type { Definition } from '../../src/definition/definition.ts';
import type { DefinitionInput, FieldInput } from '../../src/definition/definition-input.ts';
import { specOf } from '../../src/definition/field-types.ts';
import { isSystemField } from '../../src/definition/identifiers.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import type { PublishedModel, WorkspaceState } from '../../src/plan/workspace-state.ts';

/** Names of models and fields, those among them that the system does not keep for itself. */
export const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,47}$/).filter((name) => !isSystemField(name));

const bounds = fc.tuple(fc.integer({ min: -1000, max: 0 }), fc.integer({ min: 0, max: 1000 }));
const flags = fc.record({ required: fc.constant(true), unique: fc.constant(true) }, { requiredKeys: [] });

const numbers = fc
  .tuple(fc.constantFrom('integer' as const, 'float' as const), bounds)
  .map(([type, [min, max]]) => ({ type, min, max, default: max }));
const exact = fc
  .tuple(fc.constantFrom('bigint' as const, 'decimal' as const), bounds)
  .map(([type, [min, max]]) => ({ type, min: `${min}`, max: `${max}`, default: `${min}` }));
const texts = fc.record({
  type: fc.constantFrom('text' as const, 'email' as const, 'url' as const),
  label: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((label) => !label.includes('\0')),
  minLength: fc.integer({ min: 0, max: 5 }),
  maxLength: fc.integer({ min: 5, max: 500 }),
});
const moments = fc.constantFrom('date' as const, 'time' as const, 'timestamp' as const).map((type) => ({
  type,
  default: { fn: 'now' as const },
}));
const plains = fc.constantFrom(
  { type: 'boolean' as const },
  { type: 'uuid' as const, default: { fn: 'uuid' as const } },
);
const durations = fc.tuple(fc.nat(99), fc.nat(99)).map(([days, hours]) => ({
  type: 'interval' as const,
  min: `P${-days}D`,
  default: `P${days}DT${hours}H`,
}));
const options = fc.uniqueArray(fc.stringMatching(/^[ -~]{1,20}$/), { minLength: 1, maxLength: 5 });
const choices = options.map((options) => ({ type: 'choice' as const, options }));
const lists = options.map((options) => ({
  type: 'choices' as const,
  options,
  default: options,
  index: true,
}));

/** Of what every model has, so that they stand in any. */
const computed = fc
  .constantFrom(
    'date(created_at)',
    'year(updated_at) % 100',
    "'at ' || created_at",
    'created_at < updated_at',
  )
  .map((expression) => ({ type: 'computed' as const, expression }));

/** Whether a field can be unique, and stand in an index with others. */
export const isSortable = ({ type }: Pick<FieldInput, 'type'>) =>
  type === 'computed' || specOf({ type }).ownIndex === undefined;

/** A field as a client writes it, of any type but reference. */
export const fieldInputs: fc.Arbitrary<FieldInput> = fc
  .tuple(names, fc.oneof(numbers, exact, texts, moments, durations, plains, choices, lists, computed), flags)
  .map(([name, field, { unique, ...more }]) => ({
    name,
    ...field,
    ...more,
    ...(unique && isSortable(field) ? { unique } : {}),
  }));

/** A definition as a client writes it; some refer to themselves. */
export const definitionInputs: fc.Arbitrary<DefinitionInput> = fc
  .tuple(
    names,
    fc.constantFrom('uuid' as const, 'bigint' as const, 'text' as const),
    fc.uniqueArray(fieldInputs, { selector: (field) => field.name, minLength: 1, maxLength: 8 }),
    fc.boolean(),
  )
  .map(([name, key, fields, isTree]) => {
    const parent: FieldInput = { name: 'parent_of_it', type: 'reference', to: name, onDelete: 'cascade' };
    const first = fields.find(isSortable);
    return {
      name,
      key,
      fields: isTree ? [...fields.filter((field) => field.name !== parent.name), parent] : fields,
      ...(first ? { indexes: [{ fields: [`-${first.name}`, 'created_at'], unique: true }] } : {}),
    };
  });

/** A workspace without models. */
export const EMPTY: WorkspaceState = {
  workspaceId: 'w1',
  slug: 'main',
  models: [],
  extensions: [],
  occupied: [],
  trash: [],
  past: [],
};

/** The state after a change of models. */
export function after(state: WorkspaceState, ...inputs: readonly DefinitionInput[]): WorkspaceState {
  const plan = planChange(state, { models: inputs });
  const models = plan.models.map((definition): PublishedModel => {
    const known = state.models.find((model) => model.definition.id === definition.id);
    const hash = plan.result[definition.name];
    if (known && hash === undefined) return known;
    return { definition, hash: hash ?? '', version: (known?.version ?? 0) + 1 };
  });
  return { ...state, models };
}

/** The definition that comes of a client's, in a workspace that has no other. */
export function defined(input: DefinitionInput): Definition {
  const model = after(EMPTY, input).models.find(({ definition }) => definition.name === input.name);
  if (!model) throw new Error(`${input.name} was not made`);
  return model.definition;
}
