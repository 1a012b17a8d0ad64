import type { JsonSchema } from '../definition/field-type.ts';
import { schemaRef } from './record-schemas.ts';

/** An operation of the document before it is written out. */
export interface OperationDraft {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly JsonSchema[];
  /** The schema of the body, which is JSON. */
  readonly body?: JsonSchema;
  /** The types of a body that is a file; beside `body`, it may be one of these instead. */
  readonly files?: readonly string[];
  /** What is answered where all is well, by status. */
  readonly answers: Readonly<Record<number, JsonSchema>>;
  /** The statuses of problems, besides those of every operation. */
  readonly problems?: readonly number[];
}

/** What every address under `/v1` may answer. */
const COMMON_PROBLEMS = [400, 401, 403, 404, 500, 503];
const BODY_PROBLEMS = [413, 415, 422];

/** Writes an operation out. */
export function operation(draft: OperationDraft): JsonSchema {
  const { id, tag, summary, description, parameters = [], answers, problems = [] } = draft;
  const body = bodyContent(draft);
  const statuses = [...COMMON_PROBLEMS, ...(body ? BODY_PROBLEMS : []), ...problems];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? { requestBody: { required: true, content: body } } : {}),
    // Keys that are numbers come in their order by themselves.
    responses: {
      ...answers,
      ...Object.fromEntries(statuses.map((status) => [status, problemRef(status)])),
    },
  };
}

function bodyContent({ body, files = [] }: OperationDraft): JsonSchema | null {
  const contents = [
    ...(body ? [['application/json', { schema: body }] as const] : []),
    ...files.map((type) => [type, { schema: { type: 'string' } }] as const),
  ];
  return contents.length > 0 ? Object.fromEntries(contents) : null;
}

function problemRef(status: number): JsonSchema {
  return { $ref: `#/components/responses/${status}` };
}

type HeaderName = 'Model-Hash' | 'ETag' | 'Location' | 'Preference-Applied';

const HEADERS: Readonly<Record<HeaderName, string>> = {
  'Model-Hash': 'modelHash',
  ETag: 'etag',
  Location: 'location',
  'Preference-Applied': 'preferenceApplied',
};

/** An answer with a body of JSON. */
export function json(description: string, schema: JsonSchema, ...headers: readonly HeaderName[]): JsonSchema {
  return content(description, 'application/json', schema, ...headers);
}

export function content(
  description: string,
  type: string,
  schema: JsonSchema,
  ...headers: readonly HeaderName[]
): JsonSchema {
  return { ...empty(description, ...headers), content: { [type]: { schema } } };
}

/** An answer without a body. */
export function empty(description: string, ...headers: readonly HeaderName[]): JsonSchema {
  if (headers.length === 0) return { description };
  return {
    description,
    headers: Object.fromEntries(
      headers.map((name) => [name, { $ref: `#/components/headers/${HEADERS[name]}` }]),
    ),
  };
}

/** A page of a list. */
export function page(items: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { data: { type: 'array', items }, page: schemaRef('Page') },
    required: ['data', 'page'],
    additionalProperties: false,
  };
}
