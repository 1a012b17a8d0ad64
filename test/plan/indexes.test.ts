import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { indexesOf } from '../../src/definition/model-indexes.ts';
import { showDefinition } from '../../src/definition/show-definition.ts';
import { Failure } from '../../src/failure.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import type { WorkspaceState } from '../../src/plan/workspace-state.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const MOVIE: DefinitionInput = {
  name: 'movie',
  fields: [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
    { name: 'gross', type: 'bigint' },
    { name: 'meta', type: 'json' },
    { name: 'seen', type: 'boolean' },
  ],
};
const STATE = after(EMPTY, MOVIE);

const on = (op: string, more: object) => ({ op, model: 'movie', ...more });

function plan(state: WorkspaceState, ...operations: readonly object[]): Plan {
  return planChange(state, parseChangeRequest({ operations }));
}

/** The definition of the movies, once operations are published. */
function movieAfter(...operations: readonly object[]) {
  const [movie] = plan(STATE, ...operations).models;
  if (!movie) throw new Error('the movies are gone');
  return movie;
}

function refusal(...operations: readonly object[]): readonly string[] {
  try {
    plan(STATE, ...operations);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return (error.errors ?? []).map(({ path, code }) => `${path} ${code}`);
  }
}

const RECENT = { _or: [{ year: { _gte: 2000 } }, { _not: { seen: { _eq: true } } }] };

describe('the condition of an index', () => {
  test('is kept by the ids of fields, and shown by their names of today', () => {
    const movie = movieAfter(
      on('addIndex', { fields: ['-title'], where: RECENT }),
      on('renameField', { from: 'year', to: 'released' }),
    );
    const [index] = movie.indexes;
    expect(JSON.stringify(index?.where)).not.toContain('year');
    expect(showDefinition(movie, () => undefined).indexes).toEqual([
      {
        fields: ['-title'],
        where: { _or: [{ released: { _gte: 2000 } }, { _not: { seen: { _eq: true } } }] },
      },
    ]);
  });

  test('is SQL of literals, whatever text stands in it', () => {
    const [index] = indexesOf(
      movieAfter(on('addIndex', { fields: ['year'], where: { title: { _eq: `'); drop table \\'x` } } })),
    );
    expect(index?.where).toBe(`"title" = E'''); drop table \\\\''x'::text`);
  });

  test('makes another index of the same fields another index', () => {
    const add = (where: object) => on('addUnique', { fields: ['title'], where });
    const movie = movieAfter(add({ year: { _eq: 1 } }), add({ year: { _eq: 2 } }));
    expect(new Set(indexesOf(movie).map((index) => index.name)).size).toBe(2);
  });

  test('goes, with its index, when one of its fields is dropped', () => {
    const movie = movieAfter(
      on('addUnique', { fields: ['title'], where: RECENT }),
      on('dropField', { field: 'seen' }),
    );
    expect(movie.indexes).toEqual([]);
  });

  test('is what tells indexes apart when one is dropped', () => {
    const add = (where: object) => on('addIndex', { fields: ['title'], where });
    const drop = (where?: object) => on('dropIndex', { fields: ['title'], ...(where ? { where } : {}) });
    const two = [add({ year: { _eq: 1 } }), add({ year: { _eq: 2 } })];
    const movie = movieAfter(...two, drop({ year: { _eq: 1 } }));
    expect(showDefinition(movie, () => undefined).indexes).toEqual([
      { fields: ['title'], where: { year: { _eq: 2 } } },
    ]);
    expect(refusal(...two, drop())).toEqual(['/operations/2/fields unknown_index']);
  });

  test('refuses a type that its values do not fit, when a field comes to have it', () => {
    const where = { title: { _contains: 'x' } };
    const movie = { ...MOVIE, indexes: [{ fields: ['year'], where }] };
    const typed = {
      ...movie,
      fields: [{ name: 'title', type: 'integer' as const }, ...MOVIE.fields.slice(1)],
    };
    const state = after(EMPTY, movie);
    expect(() => planChange(state, { models: [typed] })).toThrow(/takes _eq/);
  });
});

describe('an index', () => {
  test.each<[string, object, string]>([
    ['over an unknown field', { fields: ['title'], where: { a: { _eq: 1 } } }, '/where/a unknown_field'],
    [
      'with an unfit value',
      { fields: ['title'], where: { year: { _eq: 'x' } } },
      '/where/year/_eq invalid_value',
    ],
    [
      'with an operator that is not there',
      { fields: ['title'], where: { _or: [{ meta: { _lt: 1 } }] } },
      '/where/_or/0/meta/_lt unknown_operator',
    ],
    ['with a condition of nothing', { fields: ['title'], where: {} }, '/where invalid_filter'],
    [
      'with a path through a reference',
      { fields: ['title'], where: { 'director.name': { _eq: 'x' } } },
      '/where/director.name unknown_field',
    ],
    [
      'for the words of a number',
      { fields: ['title', 'year'], kind: 'fullText' },
      '/fields/1 conflicting_properties',
    ],
    [
      'for the words of a moment',
      { fields: ['created_at'], kind: 'fullText' },
      '/fields/0 conflicting_properties',
    ],
    ['over json and more', { fields: ['meta', 'title'] }, '/fields/0 conflicting_properties'],
    ['over json in an order', { fields: ['-meta'] }, '/fields/0 conflicting_properties'],
    ['unique over json', { fields: ['meta'], unique: true }, '/fields/0 conflicting_properties'],
  ])('is not %s', (_what, index, expected) => {
    expect(refusal(on('addIndex', index))).toEqual([`/operations/0${expected}`]);
  });

  test('over json is a GIN index, named by the field or by the model, and is dropped as any other', () => {
    const byField = movieAfter(on('alterField', { field: 'meta', set: { index: true } }));
    const byModel = movieAfter(on('addIndex', { fields: ['meta'] }));
    expect(indexesOf(byField)).toMatchObject([{ method: 'gin', keys: ['"meta" jsonb_path_ops'] }]);
    expect(indexesOf(byModel)).toEqual(indexesOf(byField));
    const dropped = movieAfter(
      on('alterField', { field: 'meta', set: { index: true } }),
      on('dropIndex', { fields: ['meta'] }),
    );
    expect(indexesOf(dropped)).toEqual([]);
  });
});
