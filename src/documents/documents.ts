import { createHash } from 'node:crypto';
import { FIELD_TYPE_NAMES, isFieldType } from '../definition/field-types.ts';
import type { DocumentedWorkspace } from './documented-model.ts';
import { writeOpenApi } from './openapi.ts';
import type { ProblemTable } from './problem-responses.ts';
import { writeTypes } from './types-module.ts';
import { writeDefinitions } from './write-definitions.ts';

/** A document that is generated from the models of a workspace. */
export interface GeneratedDocument {
  readonly type: string;
  /** Its text in parts, each made when it is asked for. */
  readonly write: (workspace: DocumentedWorkspace) => Iterable<string>;
  /** Another one where the document of the same models is another. */
  readonly generator: string;
}

export type DocumentName = 'openapi.json' | 'definitions.json' | 'types.ts';

/** The documents by their names. `version` is that of this software. */
export function generatedDocuments(
  version: string,
  problems: ProblemTable,
): Readonly<Record<DocumentName, GeneratedDocument>> {
  const document = (type: string, write: GeneratedDocument['write']): GeneratedDocument => {
    let generator: string | undefined;
    return {
      type,
      write,
      get generator() {
        generator ??= createHash('sha256')
          .update([...write(SAMPLE)].join(''))
          .digest('hex');
        return generator;
      },
    };
  };
  return {
    'openapi.json': document('application/json', (workspace) => writeOpenApi(workspace, version, problems)),
    'definitions.json': document('application/json', writeDefinitions),
    'types.ts': document('text/plain; charset=utf-8', writeTypes),
  };
}

/** What tells one generator from another: a model with a field of each type. */
const SAMPLE: DocumentedWorkspace = {
  slug: 'sample',
  models: [
    {
      version: 1,
      hash: '',
      definition: {
        id: 'sample',
        name: 'sample',
        key: 'uuid',
        table: 'sample',
        fields: FIELD_TYPE_NAMES.filter(isFieldType).map((type) => ({
          id: type,
          name: type,
          column: type,
          type,
          to: 'sample',
          options: ['a'],
        })),
        indexes: [],
      },
    },
  ],
};
