import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import { operations } from '../stack/changes.ts';
import { hasSql } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => stack.stop());

const ask = (method: string, path: string, body?: unknown) => stack.request(method, `/v1/main/${path}`, body);

/** Makes a change that may drop something, and answers it once nothing more comes of it. */
async function done(body: object): Promise<Answer['body']> {
  const { hash } = (await ask('POST', 'plans', body)).body;
  const sent = await ask('POST', 'changes', { ...body, confirm: hash });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await stack.deliverAll();
  const { body: change } = await ask('GET', `changes/${sent.body.id}`);
  expect(change, JSON.stringify(change.error)).toMatchObject({ status: 'done' });
  expect((await ask('GET', 'drift')).body.data).toEqual([]);
  return change;
}

test('a field comes back from the trash without the indexes that other fields in them no longer fit', async () => {
  await done({
    models: [
      { name: 'maker', fields: [] },
      {
        name: 'car',
        fields: [
          { name: 'plate', type: 'text' },
          { name: 'doors', type: 'integer' },
          { name: 'maker', type: 'reference', to: 'maker' },
          { name: 'about', type: 'text' },
        ],
        indexes: [
          { fields: ['plate'], where: { doors: { _gt: 2 } } },
          { fields: ['plate', 'maker'] },
          { fields: ['plate', 'about'], kind: 'fullText' },
          { fields: ['-plate', 'created_at'] },
        ],
      },
    ],
  });
  await done(operations({ op: 'dropField', model: 'car', field: 'plate' }));
  const alter = (field: string, type: string) => ({ op: 'alterField', model: 'car', field, set: { type } });
  await done(operations(alter('doors', 'boolean'), alter('maker', 'references'), alter('about', 'json')));
  const [entry] = (await ask('GET', 'trash')).body.data.filter(
    ({ name }: { name: string }) => name === 'plate',
  );
  const restored = await done(operations({ op: 'restore', trash: entry.id }));
  expect(restored.plan.warnings).toContainEqual(expect.stringContaining('without 3 of its indexes'));
  expect((await ask('GET', 'models/car')).body.indexes).toEqual([{ fields: ['-plate', 'created_at'] }]);
});

test('no text of a definition is read as SQL, whatever it quotes', async () => {
  const marks = ['shadow', 'follow', 'value', 'mirror', 'look', 'vacuum', ''].map((tag) => `$${tag}$`);
  const options = marks.map((mark) => `it's ${mark} "and" \\ ü ${mark}; select 1/0; --`);
  const given = options.at(0);
  await done({
    models: [{ name: 'sign', fields: [{ name: 'text', type: 'choice', options: ['plain', ...options] }] }],
  });
  await ask(
    'POST',
    'records/sign',
    [...options, 'plain', null].map((text) => ({ text })),
  );
  const renamed = options.map((option) => `${option}!`);
  await done({
    ...operations({
      op: 'alterField',
      model: 'sign',
      field: 'text',
      set: { options: renamed, required: true, default: renamed[1] },
    }),
    conversions: {
      'sign.text': {
        map: Object.fromEntries(options.map((option, n) => [option, renamed[n]])),
        onError: { default: renamed[2] },
      },
    },
    backfill: { 'sign.text': `${given}!` },
  });
  const { data } = (await ask('GET', 'records/sign')).body;
  const texts = data.map(({ text }: { text: string }) => text).toSorted();
  expect(texts).toEqual([...renamed, renamed[2], renamed[0]].toSorted());
});

test('a conversion is regretted in one change: the field goes, and its values of before come back', async () => {
  await done({ models: [{ name: 'jar', fields: [{ name: 'label', type: 'text', index: true }] }] });
  await ask('POST', 'records/jar', { label: '1' });
  await done({
    ...operations({
      op: 'alterField',
      model: 'jar',
      field: 'label',
      set: { type: 'integer', required: true, min: 0 },
    }),
    backfill: { 'jar.label': 0 },
  });
  const [entry] = (await ask('GET', 'trash')).body.data;
  await done(
    operations({ op: 'dropField', model: 'jar', field: 'label' }, { op: 'restore', trash: entry.id }),
  );
  expect((await ask('POST', 'records/jar', { label: 'new' })).status).toBe(201);
  expect((await ask('POST', 'records/jar', {})).status).toBe(201);
  const { data } = (await ask('GET', 'records/jar?sort=label')).body;
  expect(data.map(({ label }: { label: unknown }) => label)).toEqual(['1', 'new', null]);
});

test('what is said of values counts for a field by the name that it ends with', async () => {
  const size = { name: 'size', type: 'choice', options: ['s', 'l'] };
  await done({ models: [{ name: 'shirt', fields: [size] }] });
  await ask('POST', 'records/shirt', [{ size: 's' }, { size: 'l' }]);
  await done({
    ...operations(
      { op: 'alterField', model: 'shirt', field: 'size', set: { options: ['small', 'l'] } },
      { op: 'renameField', model: 'shirt', from: 'size', to: 'fit' },
      { op: 'renameModel', from: 'shirt', to: 'top' },
    ),
    conversions: { 'top.fit': { map: { s: 'small' } } },
  });
  const { data } = (await ask('GET', 'records/top?sort=-fit')).body;
  expect(data).toMatchObject([{ fit: 'small' }, { fit: 'l' }]);
});

describe('a field that moves to another column, is required there and unique no more', () => {
  const ALTER = {
    ...operations({
      op: 'alterField',
      model: 'box',
      field: 'weight',
      set: { type: 'decimal', required: true, unique: null },
    }),
    backfill: { 'box.weight': '0' },
  };
  const weights = async () =>
    (await ask('GET', 'records/box')).body.data.map(({ weight }: { weight: unknown }) => weight).toSorted();
  beforeAll(async () => {
    await done({ models: [{ name: 'box', fields: [{ name: 'weight', type: 'text', unique: true }] }] });
    await ask('POST', 'records/box', [{ weight: '1.5' }, {}, {}]);
  });

  test('leaves the nulls of the column before as they were where the change fails', async () => {
    const { traffic, sql } = stack.parts;
    traffic.onRequest = async (entry) => {
      if (!hasSql(entry, 'lock table')) return;
      traffic.onRequest = undefined;
      await sql(`insert into main_data.box (weight) values ('heavy')`);
    };
    const { id } = (await ask('POST', 'changes', ALTER)).body;
    await stack.deliverAll();
    expect((await ask('GET', `changes/${id}`)).body).toMatchObject({
      status: 'failed',
      error: { code: 'preflight_failed' },
    });
    expect(await weights()).toEqual(['1.5', 'heavy', null, null]);
    await sql(`delete from main_data.box where weight = 'heavy'`);
  });

  test('has what is given in the place of nulls, however many there are', async () => {
    await done(ALTER);
    expect(await weights()).toEqual(['0', '0', '1.5']);
  });
});

test('a field that becomes required keeps its nulls where the change fails, whatever they were to become', async () => {
  const { traffic, sql } = stack.parts;
  const fields = [
    { name: 'label', type: 'text', unique: true },
    { name: 'size', type: 'text' },
  ];
  await done({ models: [{ name: 'lid', fields }] });
  await ask('POST', 'records/lid', [{ size: '1' }, { size: '2' }]);
  const alter = (field: string, set: object) => ({ op: 'alterField', model: 'lid', field, set });
  const asked = {
    ...operations(alter('label', { required: true, unique: null }), alter('size', { type: 'integer' })),
    backfill: { 'lid.label': 'none' },
  };
  traffic.onRequest = async (entry) => {
    if (!hasSql(entry, 'lock table')) return;
    traffic.onRequest = undefined;
    await sql(`insert into main_data.lid (size) values ('many')`);
  };
  const { id } = (await ask('POST', 'changes', asked)).body;
  await stack.deliverAll();
  expect((await ask('GET', `changes/${id}`)).body.status).toBe('failed');
  const labels = async () =>
    (await ask('GET', 'records/lid')).body.data.map(({ label }: { label: unknown }) => label);
  expect(await labels()).toEqual([null, null, null]);
  await sql(`delete from main_data.lid where size = 'many'`);
  await done(asked);
  expect(await labels()).toEqual(['none', 'none']);
});

describe('a decimal that becomes wider', () => {
  const alter = { op: 'alterField', model: 'coin', field: 'value', set: { precision: 12 } };
  const stepsOf = ({ steps }: Answer['body']) =>
    steps.map(({ phase, kind }: { phase: string; kind: string }) => `${phase} ${kind}`);

  test('under a rule has it looked at beside the traffic, not as the type changes', async () => {
    const fields = [{ name: 'value', type: 'decimal', precision: 6, scale: 2, min: '0' }];
    await done({ models: [{ name: 'coin', fields }] });
    expect(stepsOf(await done(operations(alter)))).toEqual([
      'publish dropConstraint',
      'publish widenColumn',
      'publish addConstraint',
      'publish publish',
      'contract validateConstraint',
    ]);
    expect((await ask('POST', 'records/coin', { value: '9999999.99' })).status).toBe(201);
    const refused = stack.parts.sql('insert into main_data.coin (value) values (-1)');
    await expect(refused).rejects.toMatchObject({ code: '23514' });
  });

  test('in the condition of an index moves to another column, for the index would be built anew under a lock', async () => {
    const index = { op: 'addIndex', model: 'coin', fields: ['-created_at'], where: { value: { _gt: '5' } } };
    await done(operations(index));
    const steps = stepsOf(await done(operations({ ...alter, set: { precision: 14 } })));
    expect(steps).toContain('expand addShadow');
    expect(steps).not.toContain('publish widenColumn');
    expect((await ask('GET', 'records/coin')).body.data).toMatchObject([{ value: '9999999.99' }]);
  });
});
