import type { JsonSchema } from '../definition/field-type.ts';
import { json, operation, page } from './operation.ts';
import { parameterRef } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

/** The addresses of what administers a workspace. */
export function administrationPaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/audit`]: {
      get: operation({
        id: 'listActs',
        tag: 'Administration',
        summary: 'What was done to the workspace and in it, by whom, newest first',
        parameters: (['changesLimit', 'changesCursor', 'auditAction', 'auditActor'] as const).map(
          parameterRef,
        ),
        answers: { 200: json('A page of acts.', page(schemaRef('Act'))) },
      }),
    },
  };
}
