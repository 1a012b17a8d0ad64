import type { JsonSchema } from '../definition/field-type.ts';
import type { FailureCode } from '../failure.ts';
import { schemaRef } from './record-schemas.ts';

/** The status and the title of every problem, by its code. */
export type ProblemTable = Readonly<Record<FailureCode, readonly [status: number, title: string]>>;

/** What is wrong in one place. */
export const FINDING = {
  type: 'object',
  properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
  required: ['path', 'code', 'message'],
  additionalProperties: false,
} as const;

/** Problem details (RFC 9457), as every failure is answered. */
export function problemSchema(problems: ProblemTable): JsonSchema {
  return {
    title: 'Why it was not done',
    type: 'object',
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What is wrong, and what to do.' },
      code: { type: 'string', description: 'Stable.', examples: Object.keys(problems).slice(0, 3) },
      instance: { type: 'string', description: 'The path of the request.' },
      errors: {
        type: 'array',
        description: 'Each finding by its place: a JSON Pointer into the body, or the name of a parameter.',
        items: {
          ...FINDING,
          properties: { ...FINDING.properties, line: { type: 'integer', description: 'Of a file.' } },
        },
      },
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  };
}

/** A response for each status that problems have, by the status. */
export function problemResponses(problems: ProblemTable): Readonly<Record<string, JsonSchema>> {
  const responses: Record<string, JsonSchema> = {};
  for (const status of new Set(Object.values(problems).map(([of]) => of))) {
    const codes = Object.entries(problems).filter(([, [of]]) => of === status);
    responses[status] = {
      description: codes.map(([code, [, title]]) => `\`${code}\`: ${title}.`).join('\n\n'),
      ...(status === 503 ? { headers: { 'Retry-After': { $ref: '#/components/headers/retryAfter' } } } : {}),
      content: {
        'application/problem+json': {
          schema: {
            allOf: [
              schemaRef('Problem'),
              {
                type: 'object',
                properties: { status: { const: status }, code: { enum: codes.map(([code]) => code) } },
                required: ['instance'],
              },
            ],
          },
        },
      },
    };
  }
  return responses;
}
