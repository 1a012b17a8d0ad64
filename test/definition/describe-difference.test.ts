import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { describeDifference } from '../../src/definition/describe-difference.ts';
import { Failure } from '../../src/failure.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { stateAfter } from '../../src/plan/state-after.ts';
import { after, definitionInputs, EMPTY } from './arbitrary.ts';

const WORKSPACE = after(
  EMPTY,
  { name: 'person', fields: [] },
  {
    name: 'movie',
    fields: [
      { name: 'title', type: 'text', required: true },
      { name: 'gross', type: 'bigint', min: '0' },
      { name: 'year', type: 'integer' },
      { name: 'rating', type: 'choice', options: ['G', 'R'] },
      { name: 'age', type: 'computed', expression: '2026 - year' },
      { name: 'director', type: 'reference', to: 'person', onDelete: 'setNull' },
    ],
  },
);

/** What is said of the movies once these operations are done. */
function said(...operations: readonly object[]): readonly string[] {
  const next = stateAfter(WORKSPACE, planChange(WORKSPACE, parseChangeRequest({ operations })));
  const find = (models: typeof next.models, id: string) =>
    models.find(({ definition }) => definition.id === id)?.definition as Definition;
  const before = WORKSPACE.models.find(({ definition }) => definition.name === 'movie')?.definition;
  if (!before) throw new Error('there are no movies');
  const nameOf = (id: string) => next.models.find(({ definition }) => definition.id === id)?.definition.name;
  return describeDifference(before, find(next.models, before.id), nameOf);
}

const model = 'movie';
const alter = (field: string, set: object) => ({ op: 'alterField', model, field, set });

describe('the difference between two definitions, in words,', () => {
  test.for<[string, readonly object[], readonly string[]]>([
    [
      'tells a rename',
      [{ op: 'renameField', model, from: 'gross', to: 'revenue' }],
      ['renamed the field gross to revenue'],
    ],
    [
      'tells a rename of the model',
      [{ op: 'renameModel', from: model, to: 'film' }],
      ['renamed the model movie to film'],
    ],
    [
      'tells another type by both',
      [alter('year', { type: 'decimal', precision: 4, scale: 0 })],
      [
        'year is a decimal(4,0), was an integer',
        'age is a decimal computed from 2026 - year, was an integer computed from 2026 - year',
      ],
    ],
    [
      'tells an index by its fields',
      [{ op: 'addIndex', model, fields: ['director', '-title'] }],
      ['added an index over director, title descending'],
    ],
    [
      'tells what is unique together',
      [{ op: 'addUnique', model, fields: ['title', 'year'] }],
      ['added a unique index over title, year'],
    ],
    [
      'tells fields that come and go',
      [
        { op: 'dropField', model, field: 'gross' },
        { op: 'addField', model, field: { name: 'writers', type: 'references', to: 'person' } },
      ],
      ['dropped the field gross', 'added the field writers, a list of references to person'],
    ],
    [
      'tells rules',
      [
        alter('title', { required: false, unique: true, maxLength: 80 }),
        alter('gross', { min: null, default: '1' }),
        alter('rating', { options: ['G', 'PG'] }),
      ],
      [
        'title is no longer required',
        'title is unique',
        'maxLength of title is 80',
        'default of gross is "1"',
        'gross has no min any more, had "0"',
        'rating may be "PG"',
        'rating may no longer be "R"',
      ],
    ],
    [
      'tells another expression, by the names of its time',
      [alter('age', { expression: '2027 - year' })],
      ['age is an integer computed from 2027 - year, was an integer computed from 2026 - year'],
    ],
    [
      'tells nothing of an expression whose fields are only called otherwise',
      [{ op: 'renameField', model, from: 'year', to: 'released' }],
      ['renamed the field year to released'],
    ],
    [
      'tells what a delete does',
      [alter('director', { onDelete: 'restrict' })],
      ['onDelete of director is "restrict", was "setNull"'],
    ],
    [
      'tells of another key, by which others refer to it',
      [{ op: 'changeKey', model: 'person', key: 'text' }],
      ['director refers by keys of type text, was uuid'],
    ],
  ])('%s', ([, operations, sentences]) => {
    expect(said(...operations)).toEqual(sentences);
  });

  test('tells of the first what it made', () => {
    const movie = WORKSPACE.models.find(({ definition }) => definition.name === 'movie')?.definition;
    expect(
      movie && describeDifference(null, { ...movie, fields: movie.fields.slice(0, 2) }, () => ''),
    ).toEqual(['created the model movie with the fields title, gross']);
  });

  test('is empty for the same definition, and for no other', () => {
    fc.assert(
      fc.property(definitionInputs, definitionInputs, (first, second) => {
        const state = after(EMPTY, first);
        const next = afterOrNull(state, { ...second, name: first.name });
        fc.pre(next !== null);
        const [before, now] = [state.models[0], next.models[0]];
        if (!before || !now) throw new Error('the model was not made');
        const say = (from: Definition, to: Definition) => describeDifference(from, to, () => first.name);
        expect(say(before.definition, before.definition)).toEqual([]);
        const isSame = before.definition === now.definition;
        expect(say(before.definition, now.definition).length > 0).toBe(!isSame);
      }),
    );
  });
});

function afterOrNull(state: typeof EMPTY, input: DefinitionInput) {
  try {
    return after(state, input);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
