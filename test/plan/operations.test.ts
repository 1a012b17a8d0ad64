import { describe, expect, test } from 'vitest';
import type { DefinitionInput, FieldInput } from '../../src/definition/definition-input.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const PERSON: DefinitionInput = { name: 'person', fields: [{ name: 'name', type: 'text' }] };
const MOVIE: DefinitionInput = {
  name: 'movie',
  fields: [
    { name: 'title', type: 'text', required: true, unique: true },
    { name: 'gross', type: 'bigint', default: '0' },
    { name: 'stars', type: 'integer' },
    { name: 'director', type: 'reference', to: 'person' },
  ],
  indexes: [{ fields: ['gross', 'title'] }],
};
const STATE = after(EMPTY, PERSON, MOVIE);

const on = (op: string, more: object) => ({ op, model: 'movie', ...more });

/** The plan of operations as a client writes them. */
function plan(...operations: readonly object[]): Plan {
  return planChange(STATE, parseChangeRequest({ operations }));
}

/** The steps of a plan as `PHASE KIND`. */
function steps(of: Plan): readonly string[] {
  return of.steps.map((step) => `${step.phase} ${step.kind}`);
}

describe('the plan of an operation', () => {
  test.each<[string, object[], string[]]>([
    ['a rename of a field', [on('renameField', { from: 'stars', to: 'rating' })], ['publish publish']],
    ['a rename of a model', [{ op: 'renameModel', from: 'movie', to: 'film' }], ['publish publish']],
    ['another label', [on('alterField', { field: 'stars', set: { label: 'Stars' } })], ['publish publish']],
    [
      'a nullable field',
      [on('addField', { field: { name: 'note', type: 'text' } })],
      ['expand addColumn', 'publish publish'],
    ],
    [
      'a default that differs from record to record',
      [on('addField', { field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } } })],
      ['expand addColumn', 'expand setDefault', 'backfill backfill', 'publish publish'],
    ],
    [
      'a limit over existing records',
      [on('alterField', { field: 'stars', set: { min: 1 } })],
      ['publish publish', 'contract addConstraint', 'contract validateConstraint'],
    ],
    [
      'required',
      [on('alterField', { field: 'stars', set: { required: true } })],
      ['publish publish', 'contract addConstraint', 'contract validateConstraint', 'contract setNotNull'],
    ],
    [
      'no longer required',
      [on('alterField', { field: 'title', set: { required: false } })],
      ['publish dropNotNull', 'publish publish'],
    ],
    [
      'another default',
      [on('alterField', { field: 'stars', set: { default: 5 } })],
      ['publish setDefault', 'publish publish'],
    ],
    ['unique', [on('addUnique', { fields: ['stars'] })], ['publish publish', 'contract createIndex']],
    [
      'unique where no less was unique before',
      [on('addUnique', { fields: ['-stars', 'title'] })],
      ['expand createIndex', 'publish publish'],
    ],
    [
      'unique over a new field that existing records leave empty',
      [
        on('addField', { field: { name: 'code', type: 'text' } }),
        on('addUnique', { fields: ['stars', 'code'] }),
      ],
      ['expand addColumn', 'expand createIndex', 'publish publish'],
    ],
    [
      'a reference',
      [on('addField', { field: { name: 'writer', type: 'reference', to: 'person' } })],
      [
        'expand addColumn',
        'expand createIndex',
        'expand addConstraint',
        'expand validateConstraint',
        'publish publish',
      ],
    ],
    [
      'another onDelete',
      [on('alterField', { field: 'director', set: { onDelete: 'cascade' } })],
      ['publish dropConstraint', 'publish addConstraint', 'publish publish', 'contract validateConstraint'],
    ],
    [
      'a reference to another model',
      [on('alterField', { field: 'director', set: { to: 'movie' } })],
      ['publish dropConstraint', 'publish publish', 'contract addConstraint', 'contract validateConstraint'],
    ],
    [
      'no longer unique',
      [on('dropUnique', { fields: ['title'] })],
      ['publish dropUniqueIndex', 'publish publish'],
    ],
    [
      'an index less',
      [on('dropIndex', { fields: ['gross', 'title'] })],
      ['publish publish', 'contract dropIndex'],
    ],
    [
      'a dropped field with a default',
      [on('dropField', { field: 'gross' })],
      ['publish publish', 'contract setDefault', 'contract trashColumn', 'contract dropIndex'],
    ],
    [
      'a dropped reference',
      [on('dropField', { field: 'director' })],
      ['publish publish', 'contract dropConstraint', 'contract trashColumn', 'contract dropIndex'],
    ],
    [
      'another type',
      [on('alterField', { field: 'stars', set: { type: 'text' } })],
      [
        'expand addShadow',
        'backfill convert',
        'publish switchColumn',
        'publish publish',
        'contract dropShadow',
        'contract trashColumn',
      ],
    ],
    [
      'a dropped model',
      [{ op: 'dropModel', model: 'movie' }],
      ['publish publish', 'contract dropConstraint', 'contract trashTable'],
    ],
    [
      'a new model that refers to itself',
      [
        {
          op: 'createModel',
          definition: { name: 'node', fields: [{ name: 'up', type: 'reference', to: 'node' }] },
        },
      ],
      [
        'expand createTable',
        'expand createIndex',
        'expand addConstraint',
        'expand validateConstraint',
        'publish publish',
      ],
    ],
  ])('for %s takes exactly its steps', (_what, operations, expected) => {
    expect(steps(plan(...operations)).toSorted()).toEqual(expected.toSorted());
  });

  test('swaps two names without touching the table', () => {
    const swap = plan(
      on('renameField', { from: 'stars', to: 'swap' }),
      on('renameField', { from: 'gross', to: 'stars' }),
      on('renameField', { from: 'swap', to: 'gross' }),
    );
    expect(steps(swap)).toEqual(['publish publish']);
    const movie = swap.models.find((model) => model.name === 'movie');
    expect(movie?.fields.map(({ name, column }) => `${name}:${column}`)).toEqual([
      'title:title',
      'stars:gross',
      'gross:stars',
      'director:director',
    ]);
    expect(movie?.indexes).toEqual(STATE.models[1]?.definition.indexes);
  });

  test('gives a name that was freed in the same change to a column of its own', () => {
    const operations = [
      on('renameField', { from: 'stars', to: 'rating' }),
      on('addField', { field: { name: 'stars', type: 'text' } }),
    ];
    const movie = plan(...operations).models.find((model) => model.name === 'movie');
    expect(movie?.fields.at(-1)).toMatchObject({ name: 'stars', column: 'stars_2' });
  });

  test('moves a dropped field to the trash with all that it was', () => {
    const dropped = plan(on('dropField', { field: 'gross' }));
    expect(dropped.destructive).toBe(true);
    expect(dropped.trashed).toMatchObject([
      { kind: 'field', name: 'movie.gross', table: 'movie', column: 'gross', body: { type: 'bigint' } },
    ]);
    expect(dropped.models.find((model) => model.name === 'movie')?.indexes).toEqual([]);
  });

  test('fills what becomes required in a column of its own, so that nothing is lost where the change fails', () => {
    const request = {
      operations: [on('alterField', { field: 'stars', set: { required: true } })],
      backfill: { 'movie.stars': 1 },
    };
    const filled = planChange(STATE, parseChangeRequest(request));
    expect(steps(filled)).toEqual([
      'expand addShadow',
      'backfill convert',
      'publish switchColumn',
      'publish publish',
      'contract dropShadow',
      'contract trashColumn',
      'contract addConstraint',
      'contract validateConstraint',
      'contract setNotNull',
    ]);
    expect(filled.checks).toEqual([]);
  });

  test('of options in another order touches no table, whatever the type', () => {
    for (const type of ['choice', 'choices'] as const) {
      const field = { name: 'rating', type, options: ['G', 'PG', 'R'] };
      const state = after(EMPTY, { name: 'movie', fields: [field] });
      const alter = (options: readonly string[]) =>
        planChange(
          state,
          parseChangeRequest({ operations: [on('alterField', { field: 'rating', set: { options } })] }),
        );
      expect(steps(alter(['R', 'G', 'PG']))).toEqual(['publish publish']);
      expect(steps(alter(['R', 'G']))).toHaveLength(4);
    }
  });

  test('asks whether what a new field starts with is alike, or refers to nothing', () => {
    const uuid = '00000000-0000-7000-8000-000000000000';
    const field = (more: object) => on('addField', { field: { name: 'added', ...more } });
    const checks = (...list: readonly object[]) =>
      plan(...list).checks.map(({ kind, field: f }) => `${kind} ${f}`);
    expect(checks(field({ type: 'integer', unique: true }))).toEqual([]);
    expect(checks(field({ type: 'uuid', unique: true, default: { fn: 'uuid' } }))).toEqual([]);
    expect(checks(field({ type: 'integer', unique: true, default: 1 }))).toEqual(['unique added']);
    expect(checks(field({ type: 'reference', to: 'person' }))).toEqual([]);
    expect(checks(field({ type: 'reference', to: 'person', default: uuid }))).toEqual(['reference added']);
  });

  test('asks the data about nulls, duplicates and broken limits, only where the change is stricter', () => {
    const stricter = plan(
      on('alterField', { field: 'stars', set: { required: true, min: 1 } }),
      on('addUnique', { fields: ['gross'] }),
      on('addField', { field: { name: 'studio', type: 'text', required: true } }),
      on('addField', { field: { name: 'note', type: 'text', unique: true, maxLength: 3 } }),
    );
    expect(stricter.checks.map(({ kind, field }) => `${kind} ${field}`)).toEqual([
      'required stars',
      'check stars',
      'required studio',
      'unique gross',
    ]);
    expect(
      plan(on('alterField', { field: 'title', set: { required: false, unique: false } })).checks,
    ).toEqual([]);
  });
});

describe('a field of another type', () => {
  const fieldAfter = (present: object, set: object) => {
    const state = after(EMPTY, PERSON, { name: 'film', fields: [{ name: 'x', ...present } as FieldInput] });
    const alter = { op: 'alterField', model: 'film', field: 'x', set };
    const planned = planChange(state, parseChangeRequest({ operations: [alter] }));
    return planned.models.find(({ name }) => name === 'film')?.fields[0];
  };

  test.each([
    [{ type: 'decimal', precision: 5, scale: 2, min: '1' }, { type: 'bigint' }, { min: '1' }],
    [
      { type: 'choice', options: ['a'], label: 'X', required: true },
      { type: 'text' },
      { label: 'X', required: true },
    ],
    [
      { type: 'integer', min: 1, max: 9, index: true },
      { type: 'text', maxLength: 3 },
      { index: true, maxLength: 3 },
    ],
    [{ type: 'reference', to: 'person', onDelete: 'cascade' }, { type: 'uuid' }, {}],
  ])('%j set to %j leaves behind what that does not take', (present, set, kept) => {
    const { id: _id, name: _name, column: _column, type, ...rest } = fieldAfter(present, set) ?? {};
    expect({ type, ...rest }).toEqual({ type: set.type, ...kept });
  });

  test('is refused what it does not take where the request says it', () => {
    expect(() => fieldAfter({ type: 'decimal', precision: 5 }, { type: 'integer', scale: 1 })).toThrow();
  });
});
