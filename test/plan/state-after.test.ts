import { expect, test } from 'vitest';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { stateAfter } from '../../src/plan/state-after.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const request = (...operations: readonly object[]) => parseChangeRequest({ operations });
const drop = (model: string) => ({ op: 'dropField', model, field: 'size' });

test('a plan behind a rename that is under way is the one that is made when that is over', () => {
  const fields = [{ name: 'size', type: 'integer' as const }];
  const state = after(EMPTY, { name: 'ant', fields }, { name: 'bee', fields });
  const next = stateAfter(state, planChange(state, request({ op: 'renameModel', from: 'ant', to: 'cat' })));
  // As the catalog reads models: by their names.
  expect(next.models.map(({ definition }) => definition.name)).toEqual(['bee', 'cat']);
  const { steps } = planChange(next, request(drop('cat'), drop('bee')));
  expect(steps.filter(({ phase }) => phase === 'contract').map(({ model }) => model)).toEqual(['bee', 'cat']);
});
