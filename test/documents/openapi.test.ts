import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import type { DocumentedWorkspace } from '../../src/documents/documented-model.ts';
import { writeOpenApi } from '../../src/documents/openapi.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { after, definitionInputs, EMPTY } from '../definition/arbitrary.ts';
import { DocumentJudge, openApiErrors } from './validators.ts';

const workspaceOf = (...inputs: readonly DefinitionInput[]): DocumentedWorkspace => after(EMPTY, ...inputs);

// biome-ignore lint/suspicious/noExplicitAny: the shape of the document is what the tests are about.
const write = (...inputs: readonly DefinitionInput[]): any =>
  JSON.parse([...writeOpenApi(workspaceOf(...inputs), '1.2.3', PROBLEMS)].join(''));

const PERSON: DefinitionInput = { name: 'person', key: 'bigint', fields: [{ name: 'name', type: 'text' }] };
const MOVIE: DefinitionInput = {
  name: 'movie',
  label: 'Film',
  fields: [
    { name: 'title', type: 'text', required: true, maxLength: 300, help: 'As on the poster.' },
    { name: 'rating', type: 'choice', options: ['G', 'R'], required: true, default: 'G' },
    { name: 'gross', type: 'bigint' },
    { name: 'double', type: 'computed', expression: 'gross * 2' },
    { name: 'director', type: 'reference', to: 'person' },
    { name: 'actors', type: 'references', to: 'person' },
  ],
};

describe('an OpenAPI document', () => {
  test('is valid for an independent validator, whatever the models are', async () => {
    const models = fc.uniqueArray(definitionInputs, { maxLength: 4, selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(models, async (inputs) => {
        expect(await openApiErrors(write(...inputs))).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  test('has examples of records that fit their schemas', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const document = write(input);
        const judge = new DocumentJudge(document);
        for (const name of [input.name, `${input.name}.create`]) {
          for (const example of document.components.schemas[name].examples ?? []) {
            expect(judge.errors(`/components/schemas/${name}`, example)).toBeNull();
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('has the addresses of each model', () => {
    const paths = Object.keys(write(MOVIE, PERSON).paths);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/v1/main/records/movie',
        '/v1/main/records/movie/aggregate',
        '/v1/main/records/movie/export',
        '/v1/main/records/movie/import',
        '/v1/main/records/movie/{id}',
        '/v1/main/records/person/{id}',
        '/v1/main/models/{model}',
        '/v1/main/changes',
        '/health',
        '/v1/doctor',
      ]),
    );
  });

  test('tells a record that is answered from one that is created and one that is changed', () => {
    const { schemas } = write(MOVIE, PERSON).components;
    const members = (name: string) => Object.keys(schemas[name].properties);
    expect(members('movie')).toEqual([
      'id',
      'created_at',
      'updated_at',
      'title',
      'rating',
      'gross',
      'double',
      'director',
      'actors',
    ]);
    expect(members('movie.create')).toEqual(['id', 'title', 'rating', 'gross', 'director', 'actors']);
    expect(schemas['movie.create'].required).toEqual(['title']);
    expect(members('person.create')).toEqual(['name']);
    expect(members('movie.patch')).toEqual(['title', 'rating', 'gross', 'director', 'actors']);
    expect(schemas['movie.patch'].required).toBeUndefined();
    expect(schemas.movie.properties.title).toEqual({
      type: 'string',
      maxLength: 300,
      description: 'As on the poster.',
    });
  });

  test('knows the ways to other models, back from them too', () => {
    const document = write(MOVIE, PERSON);
    const judge = new DocumentJudge(document);
    const isPerson = (value: object) => judge.errors('/components/schemas/person.selected', value) === null;
    expect(isPerson({ name: 'Ada', 'movie(director)': [{ title: 'Jaws', actors: [{ id: '1' }] }] })).toBe(
      true,
    );
    // Two fields of a movie lead to persons: its name alone would not say which.
    expect(isPerson({ movie: [] })).toBe(false);
    expect(isPerson({ 'movie(director)': [{ name: 'Jaws' }] })).toBe(false);
    const isFilter = (value: object) => judge.errors('/components/schemas/movie.filter', value) === null;
    expect(isFilter({ director: { name: { _contains: 'A' } }, _or: [{ gross: { _gt: '1' } }] })).toBe(true);
    expect(isFilter({ 'director.name': { _eq: 'Ada' } })).toBe(true);
    expect(isFilter({ titel: { _eq: 'Jaws' } })).toBe(false);
    expect(isFilter({ title: { _equals: 'Jaws' } })).toBe(false);
  });

  test('names every code that a status may have', () => {
    const codes = Object.values(write().components.responses).flatMap(
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      (response: any) =>
        response.content?.['application/problem+json']?.schema.allOf[1].properties.code.enum ?? [],
    );
    expect(codes.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  test('of a thousand models repeats nothing that they share', () => {
    const fields = Array.from({ length: 10 }, (_, n) => ({ name: `field_${n}`, type: 'text' as const }));
    const inputs = Array.from({ length: 1000 }, (_, n) => ({ name: `model_${n}`, fields }));
    const size = (count: number) => JSON.stringify(write(...inputs.slice(0, count))).length;
    expect((size(1000) - size(100)) / 900).toBeLessThan(19_500);
  });
});
