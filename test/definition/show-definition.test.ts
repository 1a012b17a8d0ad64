import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../src/definition/field-types.ts';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import { recordJsonSchema } from '../../src/definition/record-json-schema.ts';
import { showDefinition } from '../../src/definition/show-definition.ts';
import { durationText, readDuration } from '../../src/definition/values/duration.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { after, defined, definitionInputs, EMPTY } from './arbitrary.ts';

describe('a definition as clients see it', () => {
  test('is a definition as clients send it, and says the same when it is sent back', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const shown = showDefinition(defined(input), () => input.name);
        const parsed = parseDefinition(JSON.parse(JSON.stringify(shown)), '');
        // The type of computed values is for reading: the server works it out again.
        const fields = shown.fields.map(({ result: _result, ...field }) => field);
        expect(parsed).toEqual({ ok: true, value: { ...shown, fields } });
      }),
    );
  });

  test('changes nothing when it is sent back', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const state = after(EMPTY, input);
        const shown = showDefinition(defined(input), () => input.name);
        expect(planChange(state, { models: [shown] })).toMatchObject({ steps: [], base: {}, result: {} });
      }),
    );
  });

  test('holds nothing physical, and names what it refers to', () => {
    const model = defined({
      name: 'person',
      fields: [
        { name: 'boss', type: 'reference', to: 'person' },
        { name: 'born', type: 'date' },
      ],
      indexes: [{ fields: ['-born', 'boss'], unique: true }],
    });
    const shown = showDefinition({ ...model, name: 'human' }, (id) =>
      id === model.id ? 'human' : undefined,
    );
    expect(shown).toEqual({
      id: model.id,
      name: 'human',
      key: 'uuid',
      fields: [
        { id: model.fields[0]?.id, name: 'boss', type: 'reference', to: 'human', onDelete: 'restrict' },
        { id: model.fields[1]?.id, name: 'born', type: 'date' },
      ],
      indexes: [{ fields: ['-born', 'boss'], unique: true }],
    });
  });

  test('has a JSON Schema of its records that names every field and allows no other', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const schema = recordJsonSchema(defined(input));
        const fields = ['id', 'created_at', 'updated_at', ...input.fields.map((field) => field.name)];
        expect(Object.keys(Object(schema['properties'])).sort()).toEqual(fields.toSorted());
        expect(schema).toMatchObject({ additionalProperties: false, required: fields });
      }),
    );
  });

  test('has a JSON Schema that says what its durations, lists, points and vectors look like', () => {
    const { properties } = recordJsonSchema(
      defined({
        name: 'place',
        fields: [
          { name: 'open', type: 'interval', required: true },
          { name: 'tags', type: 'choices', options: ['a', 'b'], minLength: 1, required: true },
          { name: 'at', type: 'point', required: true },
          { name: 'looks', type: 'vector', dimensions: 3, required: true },
        ],
      }),
    );
    expect(properties).toMatchObject({
      open: { type: 'string', pattern: expect.stringMatching(/^\^P/) },
      tags: { type: 'array', items: { enum: ['a', 'b'] }, uniqueItems: true, minItems: 1 },
      at: { type: 'object', properties: { type: { const: 'Point' } }, required: ['type', 'coordinates'] },
      looks: { type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3 },
    });
  });

  test('has a JSON Schema whose durations are those that Postgres answers', () => {
    const field = { id: 'f', name: 'open', column: 'open', type: 'interval' } as const;
    const pattern = new RegExp(String(specOf(field).jsonSchema(field)['pattern']));
    const part = fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n });
    fc.assert(
      fc.property(
        part,
        part,
        fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
        (months, days, microseconds) => {
          const text = durationText({ months, days, microseconds });
          expect(text).toMatch(pattern);
          const again = readDuration(text);
          const isInRange = !('refusal' in again);
          if (isInRange) expect(again).toEqual({ months, days, microseconds });
        },
      ),
    );
    for (const text of ['P', 'PT', 'P1DT', '1 day', 'P1.5D']) expect(text).not.toMatch(pattern);
  });
});
