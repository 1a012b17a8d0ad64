import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wireEdge } from '../../functions/wire-edge.ts';
import { readWorkspaceState } from '../../src/catalog/workspace-state.ts';
import { Failure } from '../../src/failure.ts';
import type { ChangeRequest } from '../../src/plan/change-request.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { ALL_MODELS, modelsNamed, type TouchedModels, touchedModels } from '../../src/plan/touched-models.ts';
import { InProcess } from '../stack/in-process.ts';

const text = (name: string) => ({ name, type: 'text' });
const reference = (name: string, to: string) => ({ name, type: 'reference', to });

/** A chain (d → c → b → a), a circle (x ⇄ y), a loner, one with the name of another's table to be, and two that move on. */
const MODELS = [
  { name: 'a', fields: [text('title'), text('gone')] },
  { name: 'b', fields: [reference('a', 'a'), text('label')] },
  { name: 'c', fields: [reference('b', 'b')] },
  { name: 'd', fields: [reference('c', 'c')] },
  { name: 'x', fields: [reference('y', 'y')] },
  { name: 'y', key: 'bigint', fields: [reference('x', 'x')] },
  { name: 'alone', fields: [text('title')] },
  { name: 'new_2', fields: [] },
  { name: 'first', fields: [] },
  { name: 'second', fields: [] },
];
/** Stands for what lies in the trash: its id is known once it does. */
const TRASHED = '00000000-0000-4000-8000-000000000000';
let trashed = TRASHED;

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
  await change({ models: [...MODELS, { name: 'dropped', fields: [] }, { name: 'new', fields: [] }] });
  const operations = [
    { op: 'dropField', model: 'a', field: 'gone' },
    { op: 'dropModel', model: 'dropped' },
    { op: 'renameModel', from: 'new', to: 'renamed' },
    { op: 'renameModel', from: 'second', to: 'third' },
    { op: 'renameModel', from: 'first', to: 'second' },
  ];
  const { body } = await system.request('POST', '/v1/main/plans', { operations });
  await change({ operations, confirm: body.hash });
  const trash = (await system.get('/v1/main/trash')).body.data;
  trashed = trash.find(({ kind }: { kind: string }) => kind === 'model').id;
});
afterAll(() => system.stop());

async function change(body: object): Promise<void> {
  const { status, body: answer } = await system.request('POST', '/v1/main/changes', body);
  expect(status, JSON.stringify(answer)).toBe(202);
  await system.deliverAll();
}

const read = (touched: TouchedModels) => readWorkspaceState(wireEdge(system.env).database, 'main', touched);

/** What comes of a request, be it a plan or a refusal. The order of models that it does not touch is no matter. */
async function planned(touched: TouchedModels, request: ChangeRequest): Promise<unknown> {
  const state = await read(touched);
  try {
    const { models: _all, checks, ...plan } = planChange(state, request);
    return { plan, checks: checks.map(({ statement }) => statement.text) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.code, message: error.message, errors: error.errors };
  }
}

const NAMES = [...MODELS.map((model) => model.name), 'new', 'renamed', 'dropped', 'third', 'unknown'];
const name = fc.constantFrom(...NAMES);
const field = fc.oneof(
  fc.constantFrom('title', 'gone', 'label').map(text),
  name.map((to) => reference('link', to)),
);
const declared = fc.record(
  {
    name,
    renamedFrom: name,
    key: fc.constantFrom('uuid', 'bigint', 'text'),
    fields: fc.uniqueArray(field, { maxLength: 2, selector: (f) => f.name }),
  },
  { requiredKeys: ['name', 'fields'] },
);
const operation = fc.oneof(
  fc.record({ op: fc.constant('createModel'), definition: declared }),
  fc.record({ op: fc.constant('renameModel'), from: name, to: name }),
  fc.record({ op: fc.constant('dropModel'), model: name }),
  fc.record({ op: fc.constant('addField'), model: name, field }),
  fc.record({ op: fc.constant('dropField'), model: name, field: fc.constantFrom('title', 'a', 'b', 'x') }),
  fc.record({
    op: fc.constant('alterField'),
    model: name,
    field: fc.constantFrom('a', 'b', 'x', 'y'),
    set: name.map((to) => ({ to })),
  }),
  fc.record({ op: fc.constant('rollbackModel'), model: name, to: fc.constantFrom(1, 2) }),
  fc.record(
    { op: fc.constant('restore'), trash: fc.constant(TRASHED), as: name },
    { requiredKeys: ['op', 'trash'] },
  ),
);
const requests = fc
  .oneof(
    fc.record({ operations: fc.array(operation, { minLength: 1, maxLength: 3 }) }),
    fc.record(
      {
        models: fc.uniqueArray(declared, { minLength: 1, maxLength: 3, selector: (m) => m.name }),
        prune: fc.boolean(),
      },
      { requiredKeys: ['models'] },
    ),
  )
  .map((body) => {
    try {
      return parseChangeRequest(body);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  })
  .filter((request) => request !== undefined);

describe('what a plan reads of a workspace', () => {
  test('makes the same plan, or the same refusal, as the whole workspace would', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const request: ChangeRequest = JSON.parse(JSON.stringify(asked).replaceAll(TRASHED, trashed));
        const touched = touchedModels(request);
        const whole = { ...touched, names: ALL_MODELS.names };
        expect(await planned(touched, request)).toEqual(await planned(whole, request));
      }),
      {
        numRuns: 300,
        examples: [
          [{ operations: [{ op: 'rollbackModel', model: 'third', to: 1 }] }],
          [{ operations: [{ op: 'restore', trash: TRASHED, as: 'alone' }] }],
          [
            {
              operations: [
                { op: 'createModel', definition: { name: 'new', fields: [] } },
                { op: 'restore', trash: TRASHED, as: 'new' },
              ],
            },
          ],
        ],
      },
    );
  });

  test('is the model, and what it refers to', async () => {
    const { models } = await read(modelsNamed('c'));
    expect(models.map(({ definition }) => definition.name)).toEqual(['b', 'c']);
  });

  test('is also what refers to it, where its key goes', async () => {
    const dropped = touchedModels(parseChangeRequest({ operations: [{ op: 'dropModel', model: 'b' }] }));
    const { models } = await read(dropped);
    expect(models.map(({ definition }) => definition.name)).toEqual(['a', 'b', 'c']);
  });

  test('has the names of tables that are taken, by what was dropped or renamed as well', async () => {
    const { occupied } = await read(modelsNamed('new', 'dropped'));
    expect(occupied.map(({ table }) => table).toSorted()).toEqual(['dropped', 'new', 'new_2']);
  });
});
