import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { Failure } from '../../src/failure.ts';
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

/** What a request is refused with, as `CODE PATH CODE`. */
function refusal(make: () => unknown): readonly string[] {
  try {
    make();
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return (error.errors ?? []).map(({ path, code }) => `${error.code} ${path} ${code}`);
  }
}

describe('an operation', () => {
  test.each<[string, object[], string[]]>([
    [
      'an unknown model',
      [{ op: 'dropModel', model: 'film' }],
      ['validation_failed /operations/0/model unknown_model'],
    ],
    [
      'an unknown field',
      [on('dropField', { field: 'year' })],
      ['validation_failed /operations/0/field unknown_field'],
    ],
    [
      'a field that is there',
      [on('addField', { field: { name: 'stars', type: 'text' } })],
      ['validation_failed /operations/0/field/name duplicate_field'],
    ],
    [
      'a name that is taken',
      [on('renameField', { from: 'stars', to: 'title' })],
      ['validation_failed /operations/0/to duplicate_field'],
    ],
    [
      "a name that is the system's",
      [on('renameField', { from: 'stars', to: 'created_at' })],
      ['validation_failed /operations/0/to reserved_name'],
    ],
    [
      'a name that is taken, by way of alterField',
      [on('alterField', { field: 'stars', set: { name: 'title' } })],
      ['validation_failed /operations/0/set/name duplicate_field'],
    ],
    [
      "an id that is another field's",
      [on('alterField', { field: 'stars', set: { id: STATE.models[1]?.definition.fields[0]?.id } })],
      ['validation_failed /operations/0/set/id invalid_property'],
    ],
    [
      'a model that is there',
      [{ op: 'createModel', definition: PERSON }],
      ['model_exists /operations/0/definition/name model_exists'],
    ],
    [
      'a model name that is taken',
      [{ op: 'renameModel', from: 'movie', to: 'person' }],
      ['validation_failed /operations/0/to model_exists'],
    ],
    [
      'an index that is there',
      [on('addIndex', { fields: ['gross', 'title'] })],
      ['validation_failed /operations/0/fields duplicate_index'],
    ],
    [
      'an index that is not there',
      [on('dropIndex', { fields: ['stars'] })],
      ['validation_failed /operations/0/fields unknown_index'],
    ],
    [
      'an index over an unknown field',
      [on('addIndex', { fields: ['year'] })],
      ['validation_failed /operations/0/fields/0 unknown_field'],
    ],
    [
      'a reference to nothing',
      [on('addField', { field: { name: 'studio', type: 'reference', to: 'studio' } })],
      ['validation_failed /operations/0/field/to unknown_model'],
    ],
    [
      'the drop of a model that others refer to',
      [{ op: 'dropModel', model: 'person' }],
      ['validation_failed  model_referenced'],
    ],
    [
      'a change of type that nobody would expect',
      [on('alterField', { field: 'stars', set: { type: 'date' } })],
      ['validation_failed /operations/0/set/type not_convertible'],
    ],
    [
      'a key of no such type',
      [on('changeKey', { key: 'integer' })],
      ['validation_failed /operations/0/key invalid_property'],
    ],
    [
      'a text key that nobody could make',
      [on('changeKey', { key: 'text', generate: true })],
      ['validation_failed /operations/0/key invalid_property'],
    ],
    [
      'a change of key beside others',
      [on('changeKey', { key: 'text' }), on('dropField', { field: 'stars' })],
      ['validation_failed /operations/0/key not_alone'],
    ],
    [
      'two changes of keys',
      [on('changeKey', { key: 'text' }), on('changeKey', { model: 'person', key: 'text' })],
      ['validation_failed /operations/0/key not_alone'],
    ],
    ['an unknown operation', [{ op: 'explode' }], ['validation_failed /operations/0/op unknown_operation']],
    [
      'a property that it does not take',
      [on('dropField', { field: 'stars', cascade: true })],
      ['validation_failed /operations/0/cascade unknown_property'],
    ],
  ])('is refused for %s', (_what, operations, expected) => {
    expect(refusal(() => plan(...operations))).toEqual(expected);
  });
});
