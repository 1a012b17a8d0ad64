/** The OpenAPI 3.1 document of a workspace: exact for its models at one moment. Pure: models in, text out. */
import type { Definition } from '../definition/definition.ts';
import type { JsonSchema } from '../definition/field-type.ts';
import { FIELD_TYPE_NAMES, isFieldType } from '../definition/field-types.ts';
import { administrationPaths } from './administration-paths.ts';
import { ADMINISTRATION_SCHEMAS } from './administration-schemas.ts';
import { changePaths } from './change-paths.ts';
import { CHANGE_SCHEMAS } from './change-schemas.ts';
import { DATABASE_SCHEMAS, databasePaths } from './database-paths.ts';
import { DEFINITION_SCHEMAS } from './definition-schemas.ts';
import { documentPaths } from './document-paths.ts';
import { type DocumentedWorkspace, relationsOf } from './documented-model.ts';
import { historyPaths } from './history-paths.ts';
import { modelPaths } from './model-paths.ts';
import { conditionSchema } from './operands.ts';
import { filterParameter, PARAMETERS } from './parameters.ts';
import { type ProblemTable, problemResponses, problemSchema } from './problem-responses.ts';
import { RECORD_RESPONSES, recordPaths } from './record-paths.ts';
import { recordSchemas } from './record-schemas.ts';
import { serverPaths } from './server-paths.ts';
import { HEADERS, SYSTEM_SCHEMAS } from './system-schemas.ts';
import { webhookPaths } from './webhook-paths.ts';
import { WEBHOOK_SCHEMAS } from './webhook-schemas.ts';

const DESCRIPTION = `Records of the models of this workspace, and the models themselves. The document is generated, and
exact for the models at the moment at which it was fetched: its ETag changes with them.`;

const TAGS = [
  'Models',
  'Changes',
  'Trash',
  'Database',
  'Documents',
  'Webhooks',
  'Administration',
  'Workspaces',
  'Server',
].map((name) => ({ name }));

/**
 * Writes the document, a model at a time: as one text, that of ten thousand models would not fit an isolate.
 * `problems` are the codes of everything that can go wrong, with status and title.
 */
export function* writeOpenApi(
  { slug, models }: DocumentedWorkspace,
  version: string,
  problems: ProblemTable,
): Iterable<string> {
  const base = `/v1/${slug}`;
  const relations = relationsOf(models);
  function* ofModels(write: (definition: Definition) => Members): Iterable<Members> {
    for (const { definition } of models) yield write(definition);
  }
  const head = JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: `Remodel: ${slug}`,
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...models.map(tagOf), ...TAGS],
  });
  yield `${head.slice(0, -1)},"paths":`;
  yield* joined(
    ofModels((definition) => recordPaths(base, definition)),
    [
      modelPaths(base),
      historyPaths(base),
      changePaths(base),
      databasePaths(base),
      documentPaths(base),
      administrationPaths(base),
      webhookPaths(base),
      serverPaths(),
    ],
  );
  const others = JSON.stringify({
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key of the workspace, or the root token.',
      },
    },
    headers: HEADERS,
    responses: { ...problemResponses(problems), ...RECORD_RESPONSES },
  });
  yield `,"components":${others.slice(0, -1)},"parameters":`;
  yield* joined(
    ofModels(({ name }) => ({ [`${name}.filter`]: filterParameter(name) })),
    [PARAMETERS],
  );
  yield ',"schemas":';
  yield* joined(
    ofModels((definition) => recordSchemas(definition, relations.get(definition.id) ?? [])),
    [
      conditionSchemas(),
      DEFINITION_SCHEMAS,
      CHANGE_SCHEMAS,
      DATABASE_SCHEMAS,
      SYSTEM_SCHEMAS,
      ADMINISTRATION_SCHEMAS,
      WEBHOOK_SCHEMAS,
      { Problem: problemSchema(problems) },
    ],
  );
  yield '}}';
}

type Members = Readonly<Record<string, JsonSchema>>;

/** One object with the members of all of these, of which none are in two. */
function* joined(ofModels: Iterable<Members>, more: readonly Members[]): Iterable<string> {
  let between = '{';
  for (const some of [ofModels, more]) {
    for (const members of some) {
      yield between + JSON.stringify(members).slice(1, -1);
      between = ',';
    }
  }
  yield '}';
}

function tagOf({ definition: { name, label = name } }: DocumentedWorkspace['models'][number]) {
  return { name, description: `Records of ${label}.` };
}

function conditionSchemas(): Members {
  return Object.fromEntries(
    FIELD_TYPE_NAMES.filter(isFieldType).map((type) => [`Where.${type}`, conditionSchema(type)]),
  );
}
