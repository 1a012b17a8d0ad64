import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { indexesOf } from '../../src/definition/model-indexes.ts';
import { Failure } from '../../src/failure.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import { stateAfter } from '../../src/plan/state-after.ts';
import type { AlignTable } from '../../src/plan/steps/align-table.ts';
import type { WorkspaceState } from '../../src/plan/workspace-state.ts';
import { after, definitionInputs, EMPTY, names } from '../definition/arbitrary.ts';

const rename = (from: string, to: string) => ({ op: 'renameField', model: 'movie', from, to });
const align = (...models: readonly string[]) => models.map((model) => ({ op: 'alignNames', model }));

const plan = (state: WorkspaceState, operations: readonly object[]): Plan =>
  planChange(state, parseChangeRequest({ operations }));

function apply(state: WorkspaceState, ...operations: readonly object[]): WorkspaceState {
  return stateAfter(state, plan(state, operations));
}

const physical = (state: WorkspaceState, name: string) => {
  const model = state.models.find(({ definition }) => definition.name === name)?.definition;
  return [model?.table, ...(model?.fields.map(({ name: field, column }) => `${field}:${column}`) ?? [])];
};

const MOVIES = after(
  EMPTY,
  { name: 'person', fields: [{ name: 'favourite', type: 'reference', to: 'movie' }] },
  {
    name: 'movie',
    fields: [
      { name: 'title', type: 'text', unique: true, maxLength: 300 },
      { name: 'year', type: 'integer', min: 1888 },
      { name: 'sequel_of', type: 'reference', to: 'movie' },
    ],
    indexes: [{ fields: ['-year', 'title'] }],
  },
);

describe('alignNames', () => {
  test('renames columns, and the indexes and constraints that hold them in their names', () => {
    const state = apply(MOVIES, rename('title', 'name'));
    const aligned = plan(state, align('movie'));
    expect(aligned.steps.map(({ phase, kind }) => `${phase} ${kind}`)).toEqual([
      'publish alignTable',
      'publish publish',
      'contract releaseNames',
    ]);
    expect(aligned).toMatchObject({ destructive: false, checks: [], warnings: [] });
    const [step] = aligned.steps as readonly AlignTable[];
    expect(step?.renamed.columns).toEqual([{ from: 'title', to: 'name' }]);
    expect(step?.renamed.constraints).toHaveLength(1);
    const indexNames = (models: readonly Definition[]) =>
      models.flatMap((model) => indexesOf(model).map(({ name }) => name));
    const now = indexNames(aligned.models);
    const lost = indexNames(state.models.map(({ definition }) => definition)).filter((n) => !now.includes(n));
    expect(step?.renamed.indexes.map(({ from }) => from)).toEqual(lost);
    expect(lost).toHaveLength(2);
    expect(physical(stateAfter(state, aligned), 'movie')).toEqual([
      'movie',
      'name:name',
      'year:year',
      'sequel_of:sequel_of',
    ]);
  });

  test('renames a table with the foreign keys to it, those of other models included', () => {
    const state = apply(MOVIES, { op: 'renameModel', from: 'movie', to: 'film' });
    const aligned = plan(state, align('film'));
    const steps = aligned.steps.filter((step) => step.kind === 'alignTable');
    expect(steps.map(({ target, table, columns }) => [target.table, table, columns])).toEqual([
      ['movie', 'film', ['*']],
      ['person', 'person', ['favourite']],
    ]);
    expect(steps.map(({ renamed }) => renamed.constraints.length)).toEqual([1, 1]);
    expect(Object.keys(aligned.result)).toEqual(['film']);
  });

  test('has nothing to do where the names are those of today', () => {
    expect(plan(MOVIES, align('movie', 'person')).steps).toEqual([]);
  });

  test('keeps off the names of the columns that Postgres has in every table', () => {
    const state = apply(MOVIES, rename('title', 'xmin'));
    const aligned = apply(state, ...align('movie'));
    expect(physical(aligned, 'movie')).toEqual(['movie', 'xmin:xmin_2', 'year:year', 'sequel_of:sequel_of']);
    expect(plan(aligned, align('movie')).steps).toEqual([]);
  });

  test('exchanges names in two changes, so that no name passes from one field to another at once', () => {
    const swapped = apply(MOVIES, rename('title', 'x'), rename('year', 'title'), rename('x', 'year'));
    const first = plan(swapped, align('movie'));
    expect(first.warnings).toEqual([expect.stringContaining('a second alignNames follows by itself')]);
    expect(first.steps).toContainEqual(expect.objectContaining({ kind: 'releaseNames', again: true }));
    const half = stateAfter(swapped, first);
    expect(physical(half, 'movie')).toEqual(['movie', 'year:year_2', 'title:title_2', 'sequel_of:sequel_of']);
    const second = plan(half, align('movie'));
    expect(second.steps).toContainEqual(expect.objectContaining({ kind: 'releaseNames', again: false }));
    expect(physical(stateAfter(half, second), 'movie')).toEqual([
      'movie',
      'year:year',
      'title:title',
      'sequel_of:sequel_of',
    ]);
  });

  test('exchanges the tables of two models in the same way, and leaves that of a third alone', () => {
    const swapped = apply(
      MOVIES,
      { op: 'renameModel', from: 'movie', to: 'x' },
      { op: 'renameModel', from: 'person', to: 'movie' },
      { op: 'renameModel', from: 'x', to: 'person' },
    );
    const alone = apply(swapped, ...align('movie'));
    expect(physical(alone, 'movie')[0]).toBe('movie_2');
    expect(plan(swapped, align('movie')).warnings).toEqual([]);
    const both = apply(apply(swapped, ...align('movie', 'person')), ...align('movie', 'person'));
    expect([physical(both, 'movie')[0], physical(both, 'person')[0]]).toEqual(['movie', 'person']);
  });

  test('takes the name of a column that lies in the trash out of use, which goes out of the way', () => {
    const state: WorkspaceState = {
      ...apply(MOVIES, rename('year', 'released')),
      occupied: [{ table: 'movie', column: 'released', trashedAs: 'trash.released' }],
    };
    const [step] = plan(state, align('movie')).steps as readonly AlignTable[];
    expect(step?.renamed.columns).toEqual([
      { from: 'trash.released', to: 'trash.3.released' },
      { from: 'year', to: 'released' },
    ]);
  });

  test('leaves the name of a column that was just dropped, and may still be written', () => {
    const state: WorkspaceState = {
      ...apply(MOVIES, rename('year', 'released')),
      occupied: [{ table: 'movie', column: 'released' }],
    };
    const aligned = stateAfter(state, plan(state, align('movie')));
    expect(physical(aligned, 'movie')[2]).toBe('released:released_2');
    expect(plan(aligned, align('movie')).steps).toEqual([]);
  });

  test('leaves names that nothing new gets: ids were made of them', () => {
    const state = apply(apply(MOVIES, rename('title', 'name')), ...align('movie'));
    const field = { name: 'title', type: 'text' };
    const added = apply(state, { op: 'addField', model: 'movie', field });
    expect(physical(added, 'movie')).toContain('title:title_2');
    const ids = added.models.flatMap(({ definition }) => definition.fields.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);

    const moved = apply(apply(MOVIES, { op: 'renameModel', from: 'movie', to: 'film' }), ...align('film'));
    const born = apply(moved, { op: 'createModel', definition: { name: 'movie', fields: [] } });
    expect(physical(born, 'movie')).toEqual(['movie_2']);
    expect(new Set(born.models.map(({ definition }) => definition.id)).size).toBe(3);
  });

  test('goes with no other operation, and needs a model', () => {
    const refused = (operations: readonly object[]) => {
      try {
        plan(MOVIES, operations);
        return [];
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return (error.errors ?? []).map(({ path, code }) => `${path} ${code}`);
      }
    };
    expect(refused([rename('title', 'name'), ...align('movie')])).toEqual(['/operations/1/op not_alone']);
    expect(refused([{ op: 'alignNames' }])).toEqual(['/operations/0/model required_property']);
    expect(refused(align('film'))).toEqual(['/operations/0/model unknown_model']);
    expect(refused([{ op: 'alignNames', model: 'movie', fields: [] }])).toEqual([
      '/operations/0/fields unknown_property',
    ]);
  });

  test('is done after two changes at most, and gives no name that another bore right before', () => {
    const cases = fc
      .tuple(definitionInputs, names, fc.infiniteStream(fc.nat()), fc.array(names, { maxLength: 3 }))
      .map(([input, name, random, fresh]) => ({ input, name, random, fresh }));
    fc.assert(
      fc.property(cases, ({ input, name, random, fresh }) => {
        const state = after(EMPTY, input);
        const model = state.models[0]?.definition;
        if (!model) return;
        const pool = new Set([...model.fields.map((field) => field.name), ...fresh]);
        const fields = model.fields.map((field) => {
          const left = [...pool];
          const taken = left[(random.next().value as number) % left.length] ?? field.name;
          pool.delete(taken);
          return { ...field, name: taken };
        });
        let now: WorkspaceState = {
          ...state,
          models: [{ definition: { ...model, name, fields }, hash: 'renamed', version: 2 }],
        };
        for (let round = 1; round <= 3; round++) {
          const aligned = plan(now, align(name));
          if (round === 3) expect(aligned.steps).toEqual([]);
          const bearers = new Map(now.models[0]?.definition.fields.map(({ id, column }) => [column, id]));
          for (const { id, column } of aligned.models[0]?.fields ?? [])
            expect([undefined, id]).toContain(bearers.get(column));
          const again = aligned.steps.some((step) => step.kind === 'releaseNames' && step.again);
          now = stateAfter(now, aligned);
          // A plan of the same definition finds every index and constraint under its name.
          const { models } = planChange(now, { models: [] });
          expect(models).toEqual(now.models.map(({ definition }) => definition));
          const [definition] = models;
          const isDone = definition?.fields.every((field) => field.name === field.column);
          expect(again).toBe(round === 1 && !isDone);
        }
        expect(physical(now, name)[0]).toBe(name);
      }),
    );
  });
});
