import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const computed = (name: string, expression: string, more: object = {}) => ({
  name,
  type: 'computed' as const,
  expression,
  ...more,
});
const ORDER: DefinitionInput = {
  name: 'order',
  fields: [
    { name: 'price', type: 'decimal' },
    { name: 'pieces', type: 'integer' },
    { name: 'notes', type: 'json' },
    computed('tax', 'total / 5', { index: true }),
    computed('total', 'price * pieces'),
  ],
};
const STATE = after(EMPTY, ORDER);
const [PRICE, PIECES, , TAX, TOTAL] = STATE.models[0]?.definition.fields ?? [];

const on = (op: string, more: object) => ({ op, model: 'order', ...more });
const alter = (field: string, set: object) => on('alterField', { field, set });
const addField = (field: object) => on('addField', { field });
const plan = (...operations: readonly object[]): Plan =>
  planChange(STATE, parseChangeRequest({ operations }));
const steps = (of: Plan) => of.steps.map((step) => `${step.phase} ${step.kind}`);

describe('a computed field', () => {
  test('is kept by the ids of what it uses, and has the type of its values', () => {
    expect(TOTAL).toMatchObject({ type: 'decimal', expression: `{${PRICE?.id}} * {${PIECES?.id}}` });
    expect(TAX).toMatchObject({ type: 'decimal', expression: `{${TOTAL?.id}} / 5` });
  });

  test('has one hash, however its expression is written', () => {
    const fields = ORDER.fields.map((field) =>
      field.name === 'total' ? computed('total', '( price )*"pieces"') : field,
    );
    const again = after(EMPTY, { ...ORDER, fields }).models[0]?.definition;
    const definition = STATE.models[0]?.definition;
    expect(again && hashDefinition(again)).toBe(definition && hashDefinition(definition));
    expect(plan(alter('total', { expression: 'price  *pieces' })).steps).toEqual([]);
  });

  test('changes nothing but the publish when what it uses gets another name', () => {
    const renamed = plan(
      on('renameField', { from: 'price', to: 'cost' }),
      alter('pieces', { name: 'price' }),
      alter('total', { label: 'Total' }),
    );
    expect(steps(renamed)).toEqual(['publish publish']);
    expect(renamed.models[0]?.fields[4]?.expression).toBe(TOTAL?.expression);
  });

  test.each<[string, object[], string[]]>([
    [
      'added',
      [addField(computed('cheap', 'price < 5', { required: true, index: true }))],
      [
        'expand addColumn',
        'expand addComputed',
        'backfill convert',
        'backfill createIndex',
        'publish publish',
        'contract addConstraint',
        'contract validateConstraint',
        'contract setNotNull',
      ],
    ],
    [
      'given another expression, with those that use it',
      [alter('total', { expression: 'price + pieces' })],
      [
        'expand addColumn',
        'expand addComputed',
        'expand addColumn',
        'expand addComputed',
        'backfill convert',
        'backfill convert',
        'backfill createIndex',
        'publish publish',
        'contract dropComputed',
        'contract dropComputed',
        'contract trashColumn',
        'contract trashColumn',
        'contract dropIndex',
      ],
    ],
    [
      'over a field of the same change',
      [
        addField({ name: 'rate', type: 'decimal', required: true, default: '1' }),
        addField(computed('rated', 'rate * 2')),
      ],
      [
        'expand addColumn',
        'expand addColumn',
        'expand addComputed',
        'backfill convert',
        'publish publish',
        'contract backfill',
        'contract addConstraint',
        'contract validateConstraint',
        'contract setNotNull',
      ],
    ],
    [
      'dropped, with what it uses',
      [
        on('dropField', { field: 'price' }),
        on('dropField', { field: 'total' }),
        on('dropField', { field: 'tax' }),
      ],
      [
        'publish publish',
        'contract dropComputed',
        'contract dropComputed',
        'contract trashColumn',
        'contract trashColumn',
        'contract trashColumn',
        'contract dropIndex',
      ],
    ],
  ])('is planned when it is %s', (_what, operations, expected) => {
    expect(steps(plan(...operations))).toEqual(expected);
  });

  test('that is worked out in another way loses nothing: its plan needs no confirmation', () => {
    const changed = plan(alter('total', { expression: 'price + pieces' }));
    expect(changed).toMatchObject({ destructive: false, lossy: false });
    expect(changed.trashed.map(({ column }) => column)).toEqual(['tax', 'total']);
    expect(changed.models[0]?.fields.slice(3)).toMatchObject([
      { id: TAX?.id, column: 'tax_2' },
      { id: TOTAL?.id, column: 'total_2' },
    ]);
  });

  test('may lose what it uses where a later operation gives it another expression', () => {
    const changed = plan(on('dropField', { field: 'price' }), alter('total', { expression: 'pieces * 2' }));
    expect(changed.models[0]?.fields.find(({ name }) => name === 'total')).toMatchObject({ type: 'integer' });
    expect(changed.models[0]?.fields.find(({ name }) => name === 'tax')).toMatchObject({ type: 'decimal' });
  });

  const at = '/operations/0/field/expression';
  test.each<[string, object, string, string, string]>([
    ['no expression', { name: 'x', type: 'computed' }, at, 'required_property', 'is required'],
    [
      'what is no text',
      { name: 'x', type: 'computed', expression: 1 },
      at,
      'invalid_property',
      'must be a text',
    ],
    ['a wrong text', computed('x', 'price +'), at, 'invalid_expression', 'at character 8: found the end'],
    [
      'types that do not fit',
      computed('x', 'price || 1 + true'),
      at,
      'invalid_expression',
      'at character 14',
    ],
    [
      'an unknown field',
      computed('x', 'price + cost'),
      at,
      'unknown_field',
      'at character 9: order has no field cost',
    ],
    ['the key', computed('x', 'text(id)'), at, 'unknown_field', 'order has no field id'],
    ['itself', computed('x', 'x + 1'), at, 'invalid_expression', 'computed from itself: x → x'],
    ['a json field', computed('x', 'text(notes)'), at, 'invalid_expression', 'notes is a field of type json'],
    [
      'an id for a name',
      computed('x', `{${'0'.repeat(20)}}`),
      at,
      'invalid_expression',
      'a field by its name',
    ],
    [
      'a default',
      computed('x', 'price', { default: 1 }),
      '/operations/0/field/default',
      'unknown_property',
      'is not known here',
    ],
    [
      'limits of another type',
      computed('x', 'price', { maxLength: 5 }),
      '/operations/0/field/maxLength',
      'conflicting_properties',
      'values are of type decimal',
    ],
    [
      'limits that do not hold together',
      computed('x', 'pieces', { min: 5, max: 1 }),
      '/operations/0/field/min',
      'conflicting_properties',
      'must not be greater than max',
    ],
    [
      'an expression on a plain field',
      { name: 'x', type: 'text', expression: 'price' },
      at,
      'unknown_property',
      'is not known here',
    ],
  ])('is refused for %s', (_what, field, path, code, message) => {
    const finding = expect.objectContaining({ path, code, message: expect.stringContaining(message) });
    expect(() => plan(addField(field))).toThrow(expect.objectContaining({ errors: [finding] }));
  });

  test('is refused where fields are computed from each other in a circle', () => {
    const fields = [computed('a', 'b + 1'), computed('b', 'c + 1'), computed('c', 'a + 1')];
    const message = expect.stringContaining('computed from itself: a → b → c → a');
    expect(() => planChange(EMPTY, parseChangeRequest({ models: [{ name: 'm', fields }] }))).toThrow(
      expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ message })]) }),
    );
  });

  test('is refused where those that it uses make it too large, before it is', () => {
    const fields = [
      { name: 'f0', type: 'integer' },
      ...Array.from({ length: 40 }, (_, n) => computed(`f${n + 1}`, `f${n} + f${n}`)),
    ];
    const message = expect.stringContaining('has more than 5000 parts');
    expect(() => planChange(EMPTY, parseChangeRequest({ models: [{ name: 'm', fields }] }))).toThrow(
      expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ message })]) }),
    );
  });

  test.each([
    ['plain', alter('total', { type: 'decimal', expression: null })],
    ['computed', alter('price', { type: 'computed', expression: 'pieces' })],
  ])('becomes no field of the other kind: %s', (_what, operation) => {
    expect(() => plan(operation)).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ path: '/operations/0/set/type', code: 'not_convertible' })],
      }),
    );
  });

  test('keeps what it uses from being dropped, and names both', () => {
    expect(() => plan(on('dropField', { field: 'price' }))).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('order.total is computed from price, which would be gone'),
        errors: [expect.objectContaining({ code: 'field_in_use' })],
      }),
    );
  });
});
