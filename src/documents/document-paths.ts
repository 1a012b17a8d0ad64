import type { JsonSchema } from '../definition/field-type.ts';
import { UNCHANGED } from './answers.ts';
import { content, json, operation } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

/** The addresses of what is generated for clients. */
export function documentPaths(base: string): Readonly<Record<string, JsonSchema>> {
  const document = (id: string, summary: string, answer: JsonSchema) => ({
    get: operation({
      id,
      tag: 'Documents',
      summary,
      parameters: parameters('modelHash', 'ifNoneMatch'),
      answers: { 200: answer, 304: UNCHANGED },
      problems: [412],
    }),
  });
  return {
    [`${base}/openapi.json`]: document(
      'getOpenApi',
      'This document',
      json('OpenAPI 3.1.', { type: 'object' }, 'Model-Hash', 'ETag'),
    ),
    [`${base}/definitions.json`]: document(
      'getDefinitions',
      'All definitions, as changes take them',
      json('The models.', schemaRef('Definitions'), 'Model-Hash', 'ETag'),
    ),
    [`${base}/types.ts`]: document(
      'getTypes',
      'TypeScript types of every model',
      content('A module.', 'text/plain', { type: 'string' }, 'Model-Hash', 'ETag'),
    ),
  };
}
