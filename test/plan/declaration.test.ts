import { describe, expect, test } from 'vitest';
import type { DefinitionInput, FieldInput } from '../../src/definition/definition-input.ts';
import { showDefinition } from '../../src/definition/show-definition.ts';
import { Failure } from '../../src/failure.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const MOVIE: DefinitionInput = {
  name: 'movie',
  fields: [
    { name: 'title', type: 'text' },
    { name: 'gross', type: 'bigint' },
  ],
};
const STATE = after(EMPTY, MOVIE, { name: 'tag', fields: [] });
const [TITLE, GROSS] = STATE.models[0]?.definition.fields ?? [];

/** The plan of a request as a client writes it. */
function declare(models: readonly object[], more: object = {}): Plan {
  return planChange(STATE, parseChangeRequest({ models, ...more }));
}

const withFields = (...fields: readonly FieldInput[]) => ({ ...MOVIE, fields });
const title: FieldInput = { name: 'title', type: 'text' };
const QUESTION = 'rename:movie.gross->revenue';

describe('a declared definition', () => {
  test('with one field gone and one new of its type asks whether that is a rename', () => {
    const plan = declare([withFields(title, { name: 'revenue', type: 'bigint' })]);
    expect(plan.questions).toMatchObject([{ id: QUESTION, default: true }]);
  });

  test('with the answer yes renames, and keeps the data', () => {
    const plan = declare([withFields(title, { name: 'revenue', type: 'bigint' })], {
      answers: { [QUESTION]: true },
    });
    expect(plan).toMatchObject({ questions: [], destructive: false, steps: [{ kind: 'publish' }] });
    expect(plan.models[0]?.fields[1]).toMatchObject({ id: GROSS?.id, name: 'revenue', column: 'gross' });
  });

  test('with the answer no drops the one and adds the other', () => {
    const plan = declare([withFields(title, { name: 'revenue', type: 'bigint' })], {
      answers: { [QUESTION]: false },
    });
    expect(plan).toMatchObject({ questions: [], destructive: true, trashed: [{ name: 'movie.gross' }] });
    expect(plan.models[0]?.fields[1]?.id).not.toBe(GROSS?.id);
  });

  test('asks nothing where the type is another, or where nothing is gone', () => {
    expect(declare([withFields(title, { name: 'revenue', type: 'text' })]).questions).toEqual([]);
    expect(declare([withFields(...MOVIE.fields, { name: 'revenue', type: 'bigint' })]).questions).toEqual([]);
  });

  test('renames by id, whatever the place of the field', () => {
    const plan = declare([
      withFields(
        { id: GROSS?.id ?? '', name: 'title', type: 'bigint' },
        { id: TITLE?.id ?? '', name: 'gross', type: 'text' },
      ),
    ]);
    expect(plan.steps).toMatchObject([{ kind: 'publish' }]);
    expect(plan.models[0]?.fields.map((field) => field.column)).toEqual(['gross', 'title']);
  });

  test('renames by renamedFrom, and finds its work done when it comes again', () => {
    const input = withFields(title, { name: 'revenue', renamedFrom: 'gross', type: 'bigint' });
    expect(declare([input])).toMatchObject({
      questions: [],
      destructive: false,
      steps: [{ kind: 'publish' }],
    });
    const renamed = after(STATE, input);
    expect(planChange(renamed, { models: [input] }).steps).toEqual([]);
  });

  test.each<[string, FieldInput, string, string]>([
    [
      'an id that no field has',
      { id: 'x', name: 'year', type: 'date' },
      '/models/0/fields/0/id',
      'unknown_field',
    ],
    [
      'a renamedFrom that no field has',
      { name: 'year', renamedFrom: 'x', type: 'date' },
      '/models/0/fields/0/renamedFrom',
      'unknown_field',
    ],
    [
      'a reference to no model',
      { name: 'by', type: 'reference', to: 'person' },
      '/models/0/fields/0/to',
      'unknown_model',
    ],
    [
      'a type that values do not become',
      { name: 'title', type: 'point' },
      '/models/0/fields/0/type',
      'not_convertible',
    ],
  ])('is refused for %s', (_what, field, path, code) => {
    expect(() => declare([withFields(field)])).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ path, code })] }),
    );
  });

  test('is refused for another key beside another field', () => {
    const fields = [...MOVIE.fields, { name: 'more', type: 'text' as const }];
    expect(() => declare([{ ...MOVIE, key: 'text', fields }])).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ code: 'not_alone' })] }),
    );
  });

  test('leaves the models alone that it does not name, unless it prunes', () => {
    expect(declare([MOVIE])).toMatchObject({ steps: [], destructive: false });
    const pruned = declare([MOVIE], { prune: true });
    expect(pruned).toMatchObject({ destructive: true, trashed: [{ kind: 'model', name: 'tag' }] });
    expect(pruned.models.map((model) => model.name)).toEqual(['movie']);
  });

  test('renames a model by id or by renamedFrom', () => {
    const movie = STATE.models[0]?.definition;
    const shown = movie ? showDefinition(movie, () => undefined) : MOVIE;
    for (const input of [
      { ...shown, name: 'film' },
      { ...MOVIE, name: 'film', renamedFrom: 'movie' },
    ]) {
      const plan = declare([input]);
      expect(plan.steps).toMatchObject([{ kind: 'publish', retiredNames: ['movie'] }]);
      expect(plan.models[0]).toMatchObject({ id: movie?.id, name: 'film', table: 'movie' });
    }
  });

  test('may refer in a circle to models of the same change', () => {
    const a = { name: 'hen', fields: [{ name: 'from', type: 'reference', to: 'egg' }] };
    const b = { name: 'egg', key: 'bigint', fields: [{ name: 'by', type: 'reference', to: 'hen' }] };
    const plan = declare([a, b]);
    const [hen, egg] = plan.models.slice(2);
    expect(hen?.fields[0]).toMatchObject({ to: egg?.id, toKey: 'bigint' });
    const kinds = plan.steps.map((step) => step.kind);
    expect(kinds.lastIndexOf('createTable')).toBeLessThan(kinds.indexOf('addConstraint'));
  });

  test('cannot give two models one name', () => {
    const two = () => declare([{ ...MOVIE, name: 'tag', renamedFrom: 'movie' }]);
    expect(two).toThrow(Failure);
    expect(two).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ code: 'model_exists' })] }),
    );
  });
});

describe('the body of a change', () => {
  test.each<[string, unknown, string, string]>([
    ['an array', [], '', 'invalid_property'],
    ['neither models nor operations', {}, '', 'required_property'],
    ['models and operations', { models: [], operations: [] }, '', 'required_property'],
    ['models that are no array', { models: {} }, '/models', 'invalid_property'],
    ['operations that are null', { operations: null }, '/operations', 'invalid_property'],
    [
      '1,001 operations',
      { operations: Array.from({ length: 1001 }, () => ({})) },
      '/operations',
      'invalid_property',
    ],
    ['prune that is a text', { models: [], prune: 'yes' }, '/prune', 'invalid_property'],
    [
      'an answer that is a text',
      { models: [], answers: { 'a/b': 'yes' } },
      '/answers/a~1b',
      'invalid_property',
    ],
    ['a backfill that is an array', { models: [], backfill: [] }, '/backfill', 'invalid_property'],
    ['a confirm that is a number', { models: [], confirm: 1 }, '/confirm', 'invalid_property'],
    ['conversions of another form', { models: [], conversions: [] }, '/conversions', 'invalid_property'],
    [
      'a conversion that does what is not known',
      { models: [], conversions: { 'a.b': { onError: 'guess' } } },
      '/conversions/a.b/onError',
      'invalid_property',
    ],
    [
      'a conversion with another property',
      { models: [], conversions: { 'a.b': { using: 'x::text' } } },
      '/conversions/a.b/using',
      'unknown_property',
    ],
    ['a property of its own', { models: [], force: true }, '/force', 'unknown_property'],
  ])('is not %s', (_what, body, path, code) => {
    expect(() => parseChangeRequest(body)).toThrow(
      expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ path, code })]) }),
    );
  });

  test.each<[string, object, unknown, string]>([
    [
      'a value of another type',
      { name: 'stars', type: 'integer', required: true },
      'many',
      '/backfill/movie.stars',
    ],
    [
      'a value outside the limits',
      { name: 'stars', type: 'integer', required: true, max: 5 },
      6,
      '/backfill/movie.stars',
    ],
    ['a NUL', { name: 'note', type: 'text', required: true }, 'a\0', '/backfill/movie.note'],
  ])('is not a backfill with %s', (_what, field, value, path) => {
    const key = path.replace('/backfill/', '');
    const request = { operations: [{ op: 'addField', model: 'movie', field }], backfill: { [key]: value } };
    expect(() => planChange(STATE, parseChangeRequest(request))).toThrow(
      expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ path })] }),
    );
  });

  test('does not name a field in its backfill that the change does not know', () => {
    const request = {
      operations: [{ op: 'addField', model: 'movie', field: { name: 'note', type: 'text' } }],
      backfill: { 'movie.notes': 'x' },
    };
    expect(() => planChange(STATE, parseChangeRequest(request))).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ path: '/backfill/movie.notes', code: 'unknown_field' })],
      }),
    );
  });
});
