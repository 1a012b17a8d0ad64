import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import { recordJsonSchema } from '../../src/definition/record-json-schema.ts';
import { showDefinition } from '../../src/definition/show-definition.ts';
import { planChange } from '../../src/plan/plan-change.ts';
import { after, defined, definitionInputs, EMPTY } from './arbitrary.ts';

describe('a definition as clients see it', () => {
  test('is a definition as clients send it, and says the same when it is sent back', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const shown = showDefinition(defined(input), () => input.name);
        const parsed = parseDefinition(JSON.parse(JSON.stringify(shown)), '');
        expect(parsed).toEqual({ ok: true, value: shown });
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
});
