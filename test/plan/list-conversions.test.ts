import { describe, expect, test } from 'vitest';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { showPlan } from '../../src/plan/show-plan.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const PERSON = { name: 'person', fields: [] };
const DIRECTOR = { name: 'director', type: 'reference', to: 'person' } as const;
const WRITERS = { name: 'writers', type: 'references', to: 'person' } as const;

/** The plan of other properties for the one field of a model. */
function plan(field: typeof DIRECTOR | typeof WRITERS | object, set: object, more: object = {}) {
  const state = after(EMPTY, PERSON, { name: 'movie', fields: [field as typeof DIRECTOR] });
  const { name } = field as typeof DIRECTOR;
  const operations = [{ op: 'alterField', model: 'movie', field: name, set }];
  return planChange(state, parseChangeRequest({ operations, ...more }));
}

const steps = (of: ReturnType<typeof plan>) => of.steps.map((step) => `${step.phase} ${step.kind}`);
const fieldOf = (of: ReturnType<typeof plan>) => of.models.find(({ name }) => name === 'movie')?.fields[0];
const onError = (value: unknown) => ({ conversions: { 'movie.writers': { onError: value } } });

describe('the plan of a reference that becomes a list', () => {
  const toList = plan(DIRECTOR, { type: 'references' });

  test('fills a join table beside the traffic, and leaves the column for after grace', () => {
    expect(steps(toList)).toEqual([
      'expand createJoinTable',
      'expand addPair',
      'backfill fillList',
      'publish switchToList',
      'publish dropConstraint',
      'publish publish',
      'contract dropPair',
      'contract validateConstraint',
      'contract trashColumn',
      'contract dropIndex',
    ]);
    expect(toList).toMatchObject({ destructive: false, lossy: false, checks: [], warnings: [] });
    expect(toList.trashed).toMatchObject([{ reason: 'converted', table: 'movie', column: 'director' }]);
  });

  test('is the same where the definition is declared', () => {
    const state = after(EMPTY, PERSON, { name: 'movie', fields: [DIRECTOR] });
    const fields = [{ ...DIRECTOR, type: 'references', onDelete: 'restrict' }];
    const declared = planChange(state, parseChangeRequest({ models: [{ name: 'movie', fields }] }));
    expect(declared.hash).toBe(toList.hash);
  });
});

describe('the plan of a list that becomes a reference', () => {
  test('fills a column beside the traffic, and leaves the links for after grace', () => {
    const toOne = plan(WRITERS, { type: 'reference' });
    expect(steps(toOne)).toEqual([
      'expand addColumn',
      'expand addPair',
      'backfill convert',
      'backfill createIndex',
      'backfill createIndex',
      'publish switchToReference',
      'publish addConstraint',
      'publish publish',
      'contract dropIndex',
      'contract validateConstraint',
      'contract dropPair',
    ]);
    expect(toOne).toMatchObject({ destructive: false, lossy: false, warnings: [] });
    expect(toOne.checks.map(({ kind }) => kind)).toEqual(['conversion']);
    const shown = showPlan(toOne, new Map(), []);
    expect(shown['steps']).not.toContainEqual(expect.objectContaining({ destructive: true }));
  });

  test.each([['null'], ['first'], [{ default: '00000000-0000-7000-8000-000000000000' }]])(
    'with %j for several loses some, says so, and has nothing to look for',
    (value) => {
      const toOne = plan(WRITERS, { type: 'reference' }, onError(value));
      expect(toOne.lossy).toBe(true);
      expect(steps(toOne).filter((step) => step === 'backfill createIndex')).toHaveLength(1);
      expect(toOne.checks.map(({ kind }) => kind)).toEqual(typeof value === 'object' ? ['reference'] : []);
    },
  );
});

describe('what becomes of records that refer to a deleted one', () => {
  test.each([
    [{ ...DIRECTOR, onDelete: 'restrict' }, {}, 'restrict', 0],
    [{ ...DIRECTOR, onDelete: 'setNull' }, {}, 'cascade', 0],
    [{ ...DIRECTOR, onDelete: 'cascade' }, {}, 'cascade', 1],
    [{ ...DIRECTOR, onDelete: 'setNull' }, { onDelete: 'restrict' }, 'restrict', 1],
    [{ ...WRITERS, onDelete: 'restrict' }, {}, 'restrict', 0],
    [{ ...WRITERS, onDelete: 'cascade' }, {}, 'setNull', 0],
    [{ ...WRITERS, onDelete: 'cascade' }, { onDelete: 'cascade' }, 'cascade', 1],
    [{ ...WRITERS, onDelete: 'cascade' }, { required: true }, 'restrict', 1],
  ] as const)('stays what it is, or the plan warns: %j and %j', (field, more, onDelete, warnings) => {
    const type = field.type === 'reference' ? 'references' : 'reference';
    const altered = plan(field, { type, ...more });
    expect(fieldOf(altered)).toMatchObject({ type, onDelete });
    expect(altered.warnings).toHaveLength(warnings);
  });
});
