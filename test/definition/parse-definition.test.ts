import { describe, expect, test } from 'vitest';
import { parseDefinition } from '../../src/definition/parse-definition.ts';

const parse = (definition: unknown) => parseDefinition(definition, '');
const title = { name: 'title', type: 'text' };
const field = (more: object) => ({ name: 'movie', fields: [{ ...title, ...more }] });

/** What is wrong with a definition, as `PATH CODE`. */
function findings(definition: unknown): readonly string[] {
  const parsed = parse(definition);
  return parsed.ok ? [] : parsed.errors.map(({ path, code }) => `${path} ${code}`);
}

describe('a definition', () => {
  test('needs no more than a name and a list of fields', () => {
    expect(parse({ name: 'movie', fields: [] })).toEqual({ ok: true, value: { name: 'movie', fields: [] } });
  });

  test('may be sent back as it was answered, with version, hash and status', () => {
    expect(findings({ name: 'movie', fields: [], version: 3, hash: 'ab', status: 'published' })).toEqual([]);
  });

  test('holds null for a property as it holds none', () => {
    const parsed = parse({
      name: 'movie',
      label: null,
      fields: [{ ...title, required: null, maxLength: null }],
    });
    expect(parsed).toEqual({ ok: true, value: { name: 'movie', fields: [title] } });
  });

  test('does not keep false, which is what absent means', () => {
    expect(parse(field({ required: false, unique: false, index: false }))).toEqual({
      ok: true,
      value: { name: 'movie', fields: [title] },
    });
  });

  test.each([
    ['a text', 'movie', [' invalid_property']],
    ['null', null, [' invalid_property']],
    ['an array', [], [' invalid_property']],
    ['an empty object', {}, ['/name required_property', '/fields required_property']],
    ['one whose fields are an object', { name: 'movie', fields: {} }, ['/fields invalid_property']],
    [
      'one with a property of its own',
      { name: 'movie', fields: [], engine: 'x' },
      ['/engine unknown_property'],
    ],
    [
      'one that sets a prototype',
      JSON.parse('{"name":"movie","fields":[],"__proto__":{}}'),
      ['/__proto__ unknown_property'],
    ],
    [
      'one with a key of another type',
      { name: 'movie', fields: [], key: 'serial' },
      ['/key invalid_property'],
    ],
    [
      'one with a label that is a number',
      { name: 'movie', fields: [], label: 1 },
      ['/label invalid_property'],
    ],
    [
      'one with a label of 201 characters',
      { name: 'movie', fields: [], label: 'x'.repeat(201) },
      ['/label invalid_property'],
    ],
    ['one with a NUL in its label', { name: 'movie', fields: [], label: 'a\0' }, ['/label invalid_property']],
    [
      'one with half a surrogate pair in its label',
      { name: 'movie', fields: [], label: '\ud800' },
      ['/label invalid_property'],
    ],
    ['one whose field is a text', { name: 'movie', fields: ['title'] }, ['/fields/0 invalid_property']],
    ['one whose field is null', { name: 'movie', fields: [title, null] }, ['/fields/1 invalid_property']],
  ])('is not %s', (_what, definition, expected) => {
    expect(findings(definition)).toEqual(expected);
  });

  test.each([
    ['Movie'],
    ['1movie'],
    ['_movie'],
    ['mövie'],
    ['movie-x'],
    ['movie.x'],
    ['movie x'],
    ['movie\n'],
    [''],
    ['m'.repeat(49)],
    ['"; drop table x; --'],
    [7],
  ])('and its fields cannot have the name %j', (name) => {
    expect(findings({ name, fields: [] })).toEqual(['/name invalid_name']);
    expect(findings(field({ name }))).toEqual(['/fields/0/name invalid_name']);
    expect(findings(field({ renamedFrom: name }))).toEqual(['/fields/0/renamedFrom invalid_name']);
  });

  test.each(['a', 'm'.repeat(48), 'a_1_', 'select', 'constructor'])(
    'and its fields may have the name %s',
    (name) => {
      expect(findings({ name, fields: [{ ...title, name }] })).toEqual([]);
    },
  );

  test.each(['id', 'created_at', 'updated_at'])(
    'has the field %s from the system and takes no other',
    (name) => {
      expect(findings(field({ name }))).toEqual(['/fields/0/name reserved_name']);
      expect(findings({ name, fields: [] })).toEqual([]);
    },
  );

  test('names each field once', () => {
    expect(findings({ name: 'movie', fields: [title, { name: 'year', type: 'integer' }, title] })).toEqual([
      '/fields/2/name duplicate_field',
    ]);
  });

  test('names each field id once', () => {
    const fields = [
      { ...title, id: 'f1' },
      { name: 'year', type: 'integer', id: 'f1' },
    ];
    expect(findings({ name: 'movie', fields })).toEqual(['/fields/1/id duplicate_field']);
  });

  test('has up to 1,000 fields', () => {
    const fields = Array.from({ length: 1001 }, (_, n) => ({ name: `f${n}`, type: 'text' }));
    expect(findings({ name: 'movie', fields: fields.slice(1) })).toEqual([]);
    expect(findings({ name: 'movie', fields })).toEqual(['/fields too_many_fields']);
  });

  test('names at most 100 of its faults', () => {
    const fields = Array.from({ length: 500 }, () => ({ name: 'A', type: 'text' }));
    expect(findings({ name: 'movie', fields })).toHaveLength(100);
  });

  test.each([['varchar'], ['TEXT'], ['constructor'], [''], [1], [['text']]])(
    'does not know the type %j',
    (type) => {
      expect(findings(field({ type }))).toEqual(['/fields/0/type unknown_type']);
    },
  );

  test('says of a field without a type that it needs one', () => {
    expect(findings({ name: 'movie', fields: [{ name: 'title' }] })).toEqual([
      '/fields/0/type required_property',
    ]);
  });
});

describe('an index of a definition', () => {
  const index = (indexes: unknown) => findings({ name: 'movie', fields: [title], indexes });

  test('names fields, descending ones with a hyphen ahead', () => {
    const parsed = parse({
      name: 'movie',
      fields: [title],
      indexes: [{ fields: ['-title', 'id'], unique: true }],
    });
    expect(parsed).toMatchObject({ value: { indexes: [{ fields: ['-title', 'id'], unique: true }] } });
  });

  test.each([
    ['a text', ['title'], ['/indexes/0 invalid_property']],
    ['without fields', [{}], ['/indexes/0/fields required_property']],
    ['over no field', [{ fields: [] }], ['/indexes/0/fields invalid_property']],
    ['over a field twice', [{ fields: ['title', '-title'] }], ['/indexes/0/fields/1 duplicate_field']],
    ['over what is no name', [{ fields: ['--title'] }], ['/indexes/0/fields/0 invalid_name']],
    ['over an expression', [{ fields: ['lower(title)'] }], ['/indexes/0/fields/0 invalid_name']],
    [
      'with a property of its own',
      [{ fields: ['title'], using: 'gin' }],
      ['/indexes/0/using unknown_property'],
    ],
    ['of an unknown kind', [{ fields: ['title'], kind: 'hash' }], ['/indexes/0/kind invalid_property']],
    [
      'unique and for full text',
      [{ fields: ['title'], kind: 'fullText', unique: true }],
      ['/indexes/0/unique conflicting_properties'],
    ],
    [
      'descending and for full text',
      [{ fields: ['-title'], kind: 'fullText' }],
      ['/indexes/0/fields/0 conflicting_properties'],
    ],
    ['over the records of a text', [{ fields: ['title'], where: 'x' }], ['/indexes/0/where invalid_filter']],
    [
      'over 33 fields',
      [{ fields: Array.from({ length: 33 }, (_, n) => `f${n}`) }],
      ['/indexes/0/fields too_many_fields'],
    ],
  ])('is not %s', (_what, indexes, expected) => {
    expect(index(indexes)).toEqual(expected);
  });
});
