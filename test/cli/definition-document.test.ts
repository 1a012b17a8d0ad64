import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newDocument, printDocument } from '../../src/cli/definitions/definition-document.ts';
import { DefinitionFile } from '../../src/cli/definitions/definition-file.ts';
import { type ModelDefinition, withoutPresets } from '../../src/cli/definitions/model-definition.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x1f',
    '~',
    '# no',
    'a: b',
    '2020-01-01',
    '"',
    "'",
    '- x',
    ' ',
    'x\ny',
  ),
);
/** Names that mean something of a field mean nothing in a value. */
const json = fc.constantFrom(
  [],
  {},
  { required: false },
  [{ unique: false, key: 'uuid' }],
  [{ name: 'a' }, { name: 'b' }],
);
const fieldName = fc.constantFrom('title', 'year', 'gross', 'yes', 'no', 'null', 'on', 'y');
const field = fc.record(
  {
    name: fieldName,
    type: fc.constantFrom('text', 'integer', 'choice', 'reference', 'references'),
    required: fc.boolean(),
    index: fc.boolean(),
    default: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant({ fn: 'now' }), json),
    options: fc.uniqueArray(text, { maxLength: 6 }),
    onDelete: fc.constantFrom('restrict', 'setNull', 'cascade'),
    pattern: text,
    help: text,
  },
  { requiredKeys: ['name', 'type'], noNullPrototype: true },
);
const definition: fc.Arbitrary<ModelDefinition> = fc.record(
  {
    name: fc.constantFrom('movie', 'film', 'no'),
    label: text,
    key: fc.constantFrom('uuid', 'bigint', 'text'),
    fields: fc.uniqueArray(field, { selector: ({ name }) => name, maxLength: 6 }),
    indexes: fc.array(
      fc.record(
        {
          fields: fc.array(fieldName, { minLength: 1, maxLength: 3 }),
          unique: fc.boolean(),
          where: fc.constantFrom({ title: { _eq: 'x' } }, { _or: [{ key: 'uuid' }] }, { key: 'uuid' }),
        },
        { requiredKeys: ['fields'], noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['name', 'fields'], noNullPrototype: true },
);

const labelled = (label: string): ModelDefinition => ({ name: 'movie', label, fields: [] });

const FORMATS = ['yaml', 'json'] as const;
const print = (one: ModelDefinition, format: 'yaml' | 'json') => printDocument(newDocument(one), format);

describe('a definition file', () => {
  test('with a tag loses it with the value that it stood for', () => {
    const before = 'name: movie\nfields:\n  - {name: code, type: text, default: !!str 5}\n';
    const field = { name: 'code', type: 'integer', default: 6 };
    const after = DefinitionFile.parse('movie.yaml', before).updated({ name: 'movie', fields: [field] });
    expect(DefinitionFile.parse('movie.yaml', after).definition.fields).toEqual([field]);
  });

  test.each(FORMATS)('says in %s what was written into it', (format) => {
    fc.assert(
      fc.property(definition, (one) => {
        const file = DefinitionFile.parse(`movie.${format}`, print(one, format));
        expect(file.definition).toEqual(withoutPresets(one));
      }),
    );
  });

  test.each(FORMATS)(
    'in %s becomes any other definition, and stays as it is where it says that already',
    (format) => {
      fc.assert(
        fc.property(definition, definition, (one, other) => {
          const before = print(one, format);
          const after = DefinitionFile.parse(`movie.${format}`, before).updated(other);
          const file = DefinitionFile.parse(`movie.${format}`, after);
          expect(withoutPresets(file.definition)).toEqual(withoutPresets(other));
          expect(file.updated(other)).toBe(after);
        }),
        { examples: [[labelled('x\ny'), labelled(' ')]] },
      );
    },
  );
});
