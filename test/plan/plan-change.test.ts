import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import type { Operation } from '../../src/plan/change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { showPlan } from '../../src/plan/show-plan.ts';
import type { WorkspaceState } from '../../src/plan/workspace-state.ts';
import { after, definitionInputs, EMPTY, fieldInputs, isSortable, names } from '../definition/arbitrary.ts';

const PHASES = ['expand', 'backfill', 'publish', 'contract'];

/** A workspace with one model. */
const workspaces = definitionInputs.map((input) => ({ input, state: after(EMPTY, input) }));

/** Operations that fit a model, one of them or several. */
function operationsOn({ name, fields }: DefinitionInput): fc.Arbitrary<readonly Operation[]> {
  const isNew = (text: string) => fields.every((field) => field.name !== text);
  const newName = names.filter(isNew);
  const field = fc.constantFrom(...fields.map((f) => f.name));
  const sortable = fields.filter(isSortable).map((f) => f.name);
  const indexed = fc.constantFrom('created_at', ...sortable);
  return fc.oneof(
    fieldInputs
      .filter((f) => isNew(f.name))
      .map((f): readonly Operation[] => [{ op: 'addField', model: name, field: f }]),
    fc
      .tuple(field, newName)
      .map(([from, to]): readonly Operation[] => [{ op: 'renameField', model: name, from, to }]),
    field.map((f): readonly Operation[] => [{ op: 'dropField', model: name, field: f }]),
    field.map((f): readonly Operation[] => [
      { op: 'alterField', model: name, field: f, set: { label: 'L', required: true } },
    ]),
    indexed.map((f): readonly Operation[] => [{ op: 'addIndex', model: name, index: { fields: ['id', f] } }]),
    indexed.map((f): readonly Operation[] => [
      { op: 'addUnique', model: name, index: { fields: ['id', f] } },
      { op: 'renameModel', from: name, to: `${name.slice(0, 46)}_x` },
    ]),
    fc.constant<readonly Operation[]>([{ op: 'dropModel', model: name }]),
  );
}

const changes = workspaces.chain(({ input, state }) =>
  operationsOn(input).map((operations) => ({ input, state, request: { operations } })),
);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

describe('a plan', () => {
  test('is a pure function of the state and the request', () => {
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const plan = planChange(frozen(state), frozen(request));
        const again = planChange(structuredClone(state), structuredClone(request));
        expect(again).toEqual(plan);
        expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  test('has another hash where it has another base, another result or other steps', () => {
    fc.assert(
      fc.property(changes, changes, (a, b) => {
        const [one, two] = [planChange(a.state, a.request), planChange(b.state, b.request)];
        const what = ({ base, result, steps }: typeof one) => JSON.stringify([base, result, steps]);
        expect(one.hash === two.hash).toBe(what(one) === what(two));
      }),
    );
  });

  test('expands, fills, publishes once, and then contracts', () => {
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const phases = planChange(state, request).steps.map((step) => PHASES.indexOf(step.phase));
        expect(phases).toEqual(phases.toSorted((a, b) => a - b));
        expect(planChange(state, request).steps.filter((step) => step.kind === 'publish')).toHaveLength(1);
      }),
    );
  });

  test('takes nothing away from the previous class before it is published', () => {
    const taking = [
      'dropConstraint',
      'dropIndex',
      'dropNotNull',
      'dropUniqueIndex',
      'trashTable',
      'setNotNull',
    ];
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const early = planChange(state, request).steps.filter(
          ({ phase }) => phase === 'expand' || phase === 'backfill',
        );
        expect(early.filter((step) => taking.includes(step.kind))).toEqual([]);
      }),
    );
  });

  test('names the hash of what it starts from and of what it makes', () => {
    fc.assert(
      fc.property(changes, ({ input, state, request }) => {
        const plan = planChange(state, request);
        expect(plan.base).toEqual({ [input.name]: state.models[0]?.hash });
        const made = plan.models.map((model) => [model.name, hashDefinition(model)]);
        expect(plan.result).toEqual(Object.fromEntries(made));
      }),
    );
  });

  test('is empty where its result is there already', () => {
    fc.assert(
      fc.property(workspaces, ({ input, state }) => {
        const plan = planChange(state, { models: [input] });
        expect(plan).toMatchObject({ steps: [], base: {}, result: {}, checks: [], destructive: false });
      }),
    );
  });

  test('never drops a table or a column, and says of each step what it runs', () => {
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const shown = showPlan(planChange(state, request), new Map(), []);
        const steps = shown['steps'] as readonly { sql: readonly string[]; kind: string }[];
        for (const { sql, kind } of steps) {
          // A publish that only drops has no view to show.
          if (kind !== 'publish') expect(sql).not.toEqual([]);
          expect(sql.join('\n')).not.toMatch(/drop (table|column)|truncate|delete from/i);
        }
      }),
    );
  });

  test('keeps the id and the column of a field through everything but its drop', () => {
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const before = state.models[0]?.definition.fields ?? [];
        const plan = planChange(state, request);
        const columns = new Map(plan.models[0]?.fields.map((field) => [field.id, field.column]));
        const trashed = plan.trashed.flatMap((item) => item.fieldId ?? before.map((field) => field.id));
        for (const field of before) {
          expect(columns.get(field.id)).toBe(trashed.includes(field.id) ? undefined : field.column);
        }
      }),
    );
  });

  test('is destructive where something goes to the trash, and only there', () => {
    fc.assert(
      fc.property(changes, ({ state, request }) => {
        const drops = request.operations.some(({ op }) => op === 'dropField' || op === 'dropModel');
        const plan = planChange(state, request);
        expect(plan.destructive).toBe(drops);
        expect(plan.trashed).toHaveLength(drops ? 1 : 0);
      }),
    );
  });

  test('gives no column or table to two things, the trash included', () => {
    const state: WorkspaceState = {
      ...EMPTY,
      occupied: [
        { table: 'movie', column: null },
        { table: 'movie_2', column: 'title' },
      ],
    };
    const first = after(state, { name: 'movie', fields: [{ name: 'title', type: 'text' }] });
    expect(first.models[0]?.definition).toMatchObject({ table: 'movie_2', fields: [{ column: 'title_2' }] });
  });
});
