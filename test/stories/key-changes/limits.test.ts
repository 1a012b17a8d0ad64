import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../stack/changes.ts';
import {
  ask,
  changeKey,
  endGrace,
  fill,
  makeModels,
  publish,
  records,
  stack,
  start,
  stop,
} from './people.ts';

beforeAll(start);
afterAll(stop);

describe('a change of a key', () => {
  const shown = (model: string) => ask(stack, 'GET', `models/${model}`);

  test('by the definition alone is planned as the operation is', async () => {
    const { person } = await makeModels('uuid');
    const wanted = { ...(await shown(person)), key: 'text' };
    const plan = await ask(stack, 'POST', 'plans', { models: [wanted] });
    expect(plan.hash).toBe((await ask(stack, 'POST', 'plans', changeKey(person, 'text'))).hash);
  });

  test('is refused where ids would not stay the same texts, which are counted and shown', async () => {
    const { person } = await makeModels('text');
    for (const id of ['1', '01', 'x', '-7']) await ask(stack, 'POST', `records/${person}`, { id, name: id });
    const answer = await stack.request('POST', '/v1/main/changes', changeKey(person, 'bigint'));
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'preflight_failed', checks: [{ kind: 'conversion', field: 'id', failing: 2 }] },
    });
    expect(answer.body.checks[0].samples.map(({ id }: { id: string }) => id)).toEqual(['01', 'x']);
  });

  test('is refused where a default or a condition names ids of before', async () => {
    const { person, movie } = await makeModels('uuid');
    const ada = await ask(stack, 'POST', `records/${person}`, { name: 'Ada' });
    await publish(
      operations(
        { op: 'alterField', model: movie, field: 'director', set: { default: ada.id } },
        { op: 'addIndex', model: person, fields: ['name'], where: { boss: { _eq: ada.id } } },
      ),
    );
    const refused = await stack.request('POST', '/v1/main/plans', changeKey(person, 'text'));
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ code: 'field_in_use' }] } });
    await publish(operations({ op: 'alterField', model: movie, field: 'director', set: { default: null } }));
    const again = await stack.request('POST', '/v1/main/plans', changeKey(person, 'text'));
    expect(again).toMatchObject({ status: 422, body: { errors: [{ code: 'field_in_use' }] } });
    expect(again.body.detail).toContain('index');
  });

  test('leaves a model of which the next changes find the key, and whose names can be aligned', async () => {
    const models = await makeModels('uuid');
    const { person } = models;
    await fill(models, () => ({}));
    const change = await publish(changeKey(person, 'bigint'));
    await endGrace(change.id);
    const [seven] = await records(stack, person);
    const added = { name: 'born', type: 'text' };
    await publish(operations({ op: 'addField', model: person, field: added }));
    const aligned = await publish(operations({ op: 'alignNames', model: person }));
    expect(aligned.error ?? aligned.status).toMatch(/published|done/);
    await endGrace(aligned.id);
    const computed = { name: 'days', type: 'computed', expression: `"name" || ' of ' || "name"` };
    await publish(operations({ op: 'alterField', model: person, field: 'born', set: { type: 'integer' } }));
    await publish(operations({ op: 'addField', model: person, field: computed }));
    const columns = await stack.parts.sql(
      `select attname from pg_attribute where attrelid = 'main_data.${person}'::regclass and attnum > 0 and attname like '%id%' order by 1`,
    );
    expect(columns.map(({ attname }) => attname)).toEqual(['id', 'trash.4.id']);
    const { name } = (await records(stack, person)).find(({ id }) => id === seven?.['id']) ?? {};
    expect(name).toBe(seven?.['name']);
  });
});
