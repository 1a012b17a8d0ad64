import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/definition/canonical.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { defined, definitionInputs } from './arbitrary.ts';

const definitions = definitionInputs.map(defined);

const movie: Definition = {
  id: 'm1',
  name: 'movie',
  key: 'uuid',
  table: 'movie',
  fields: [
    { id: 'f1', name: 'title', column: 'title', type: 'text', maxLength: 300 },
    { id: 'f2', name: 'gross', column: 'gross', type: 'bigint', min: '0' },
  ],
  indexes: [{ fields: ['f1', '-f2'], unique: true }],
};

/** The same data with the keys of every object the other way round. */
function reversed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).reverse())
      : member,
  );
}

describe('the hash of a definition', () => {
  test('is the lower-case hex SHA-256 of its RFC 8785 form', async () => {
    const text =
      '{"fields":[{"column":"title","id":"f1","maxLength":300,"name":"title","type":"text"},' +
      '{"column":"gross","id":"f2","min":"0","name":"gross","type":"bigint"}],' +
      '"id":"m1","indexes":[{"fields":["f1","-f2"],"unique":true}],"key":"uuid","name":"movie","table":"movie"}';
    expect(canonicalJson(movie)).toBe(text);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(hashDefinition(movie)).toBe(Buffer.from(digest).toString('hex'));
  });

  test('does not depend on the order of the keys of objects', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        expect(JSON.stringify(reversed(definition))).not.toBe(JSON.stringify(definition));
        expect(hashDefinition(reversed(definition))).toBe(hashDefinition(definition));
      }),
    );
  });

  test('depends on the order of fields', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        fc.pre(definition.fields.length > 1);
        const fields = [...definition.fields].reverse();
        expect(hashDefinition({ ...definition, fields })).not.toBe(hashDefinition(definition));
      }),
    );
  });

  test('covers every member of every field, ids and columns included', () => {
    fc.assert(
      fc.property(definitions, fc.nat(), (definition, at) => {
        const index = at % definition.fields.length;
        const field = definition.fields[index];
        for (const member of Object.keys(field ?? {})) {
          const fields = definition.fields.with(index, { ...field, [member]: 'another' } as never);
          expect(hashDefinition({ ...definition, fields }), member).not.toBe(hashDefinition(definition));
        }
      }),
    );
  });

  test.each(['id', 'name', 'key', 'table', 'label'])('covers the %s of the model', (member) => {
    expect(hashDefinition({ ...movie, [member]: 'another' })).not.toBe(hashDefinition(movie));
  });

  test('covers indexes, their order and their direction', () => {
    const hashes = [
      movie.indexes,
      [],
      [{ fields: ['-f2', 'f1'], unique: true as const }],
      [{ fields: ['f1', 'f2'], unique: true as const }],
      [{ fields: ['f1', '-f2'] }],
    ].map((indexes) => hashDefinition({ ...movie, indexes }));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
