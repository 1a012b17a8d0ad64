import { type Context, Hono } from 'hono';
import { listModels } from '../../catalog/model-list.ts';
import { type PublishedVersion, readVersions, wasBefore } from '../../catalog/versions.ts';
import { modelsReferredTo } from '../../definition/definition.ts';
import { describeDifference } from '../../definition/describe-difference.ts';
import { parseDefinition } from '../../definition/parse-definition.ts';
import { recordJsonSchema } from '../../definition/record-json-schema.ts';
import { type NameOf, showDefinition } from '../../definition/show-definition.ts';
import { Failure } from '../../failure.ts';
import type { PublishedModel, WorkspaceState } from '../../plan/workspace-state.ts';
import { allowedModels } from '../access/assert-granted.ts';
import { readJson } from '../body.ts';
import { answerRead, answerText, digestOf } from '../caching.ts';
import { submitChange } from '../changes/submit-change.ts';
import { withoutPrefix } from '../changes/without-prefix.ts';
import type { EdgeEnv } from '../edge.ts';
import { findModel } from '../find-model.ts';
import { agreeOnModels, entityTags, setModelHash } from '../headers.ts';

type ModelContext = Context<EdgeEnv>;

const workspaceOf = (c: ModelContext) => c.req.param('ws') ?? '';

/** Definitions: what is published is read from the catalog, what is put becomes a change. */
export const models = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const data = await listModels(c.env.edge.database, workspaceOf(c), allowedModels(c));
    const hashes = Object.fromEntries(data.map((model) => [model.name, model.hash]));
    agreeOnModels(c, hashes);
    return answerList(c, hashes, data);
  })
  .get('/:model', async (c) => {
    const { state, model } = await findModel(c, c.req.param('model'));
    agreeOnModels(c, { [model.definition.name]: model.hash });
    return answerRead(c, await tagOf(c, state, model), JSON.stringify(showModel(state, model)));
  })
  .get('/:model/schema.json', async (c) => {
    const { model } = await findModel(c, c.req.param('model'));
    const hashes = { [model.definition.name]: model.hash };
    agreeOnModels(c, hashes);
    const schema = JSON.stringify(recordJsonSchema(model.definition));
    return answerText(c, hashes, schema, 'application/schema+json');
  })
  .get('/:model/versions', async (c) => {
    const { state, versions, hashes } = await findVersions(c, c.req.param('model'));
    return answerList(
      c,
      hashes,
      versions.map((version) => showVersion(state, version, versions)),
    );
  })
  .get('/:model/versions/:version', async (c) => {
    const { state, versions, hashes } = await findVersions(c, c.req.param('model'));
    const wanted = c.req.param('version');
    const version = versions.find((v) => String(v.version) === wanted);
    if (version) return answerText(c, hashes, JSON.stringify(showVersion(state, version, versions)));
    throw new Failure('unknown_version', `there is no version ${wanted} of ${c.req.param('model')}`);
  })
  .put('/:model', putModel)
  .delete('/:model', deleteModel);

async function putModel(c: ModelContext): Promise<Response> {
  const name = c.req.param('model') ?? '';
  const { value, text } = await readJson(c);
  const named =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { name, ...value } : value;
  const parsed = parseDefinition(named, '');
  if (!parsed.ok) {
    const [first] = parsed.errors;
    const code = parsed.errors.every((error) => error.code === 'not_supported')
      ? 'not_supported'
      : 'validation_failed';
    throw new Failure(code, `${first?.path || 'the body'}: ${first?.message}`, { errors: parsed.errors });
  }
  // The address may name the model as it was.
  const definition = parsed.value.name === name ? parsed.value : { renamedFrom: name, ...parsed.value };
  const ifMatch = entityTags(c, 'If-Match');
  const ifNoneMatch = entityTags(c, 'If-None-Match');
  const confirm = c.req.query('confirm');
  let created = false;
  const guard = (state: WorkspaceState) => {
    const current = state.models.find((model) => model.definition.name === name);
    created = !current;
    if (current) setModelHash(c, { [name]: current.hash });
    if (ifNoneMatch && current) {
      throw new Failure('stale_definition', `there is a model ${name} already`, {
        data: { current: current.hash },
      });
    }
    assertMatch(name, current, ifMatch);
    const id = current?.definition.id ?? definition.id;
    return {
      models: [{ ...definition, ...(id === undefined ? {} : { id }) }],
      ...(ifMatch && current ? { expect: { [name]: current.hash } } : {}),
      ...(confirm === undefined ? {} : { confirm }),
    };
  };
  const request = { models: [definition] };
  const submission = { workspace: workspaceOf(c), text, request, guard };
  try {
    return await submitChange(c, submission, () => created);
  } catch (error) {
    throw error instanceof Failure ? withoutPrefix(error, '/models/0') : error;
  }
}

/** Naming one model in the address of a DELETE is its confirmation; it lies in the trash for a while. */
async function deleteModel(c: ModelContext): Promise<Response> {
  const name = c.req.param('model') ?? '';
  const ifMatch = entityTags(c, 'If-Match');
  const confirm = c.req.query('confirm');
  const { model } = await findModel(c, name);
  setModelHash(c, { [name]: model.hash });
  const request = { operations: [{ op: 'dropModel' as const, model: name }] };
  const guard = (state: WorkspaceState) => {
    const current = state.models.find((model) => model.definition.name === name);
    if (!current) throw new Failure('unknown_model', `there is no model ${name}`);
    assertMatch(name, current, ifMatch);
    return {
      ...request,
      expect: { [name]: current.hash },
      ...(confirm === undefined ? {} : { confirm }),
    };
  };
  const submission = {
    workspace: workspaceOf(c),
    text: '',
    request,
    guard,
    isConfirmed: confirm === undefined,
  };
  return submitChange(c, submission);
}

function assertMatch(
  name: string,
  current: PublishedModel | undefined,
  tags: readonly string[] | null,
): void {
  if (!tags || tags.some((tag) => current && (tag === '*' || tag.split('-', 1)[0] === current.hash))) return;
  throw new Failure('stale_definition', `${name} is no longer the definition that was read: read it again`, {
    data: { current: current?.hash ?? null },
  });
}

function showModel(state: WorkspaceState, { definition, version, hash }: PublishedModel): object {
  return { ...showDefinition(definition, nameIn(state)), version, hash, status: 'published' };
}

/** The names of models by their ids. */
function nameIn({ models }: WorkspaceState): NameOf {
  const names = new Map(models.map(({ definition }) => [definition.id, definition.name]));
  return (id) => names.get(id);
}

function answerList(
  c: ModelContext,
  hashes: Readonly<Record<string, string>>,
  data: readonly object[],
): Response {
  return answerText(c, hashes, JSON.stringify({ data, page: { limit: data.length, next: null } }));
}

/**
 * The hash, which names the definition. What is answered beside it is the hash's own as long as no other model that it
 * refers to is called otherwise than its table, and no version before was the same; else the tag says more.
 */
async function tagOf(c: ModelContext, state: WorkspaceState, model: PublishedModel): Promise<string> {
  const { definition, version, hash } = model;
  const others = modelsReferredTo(definition).flatMap(
    (id) => state.models.find((other) => other.definition.id === id && id !== definition.id) ?? [],
  );
  const isRenamed = others.some((other) => other.definition.name !== other.definition.table);
  // A definition comes again at its third version at the earliest.
  const isPlain = !isRenamed && (version < 3 || !(await wasBefore(c.env.edge.database, model)));
  if (isPlain) return `"${hash}"`;
  const names = others.map((other) => other.definition.name);
  return `"${hash}-${digestOf(String(version), ...names).slice(0, 8)}"`;
}

async function findVersions(c: ModelContext, name: string) {
  const versions = await readVersions(c.env.edge.database, workspaceOf(c), name);
  // Earlier versions may have referred to other models: those are shown by their names of today.
  const targets = versions.flatMap(({ definition }) => modelsReferredTo(definition));
  const { state, model } = await findModel(c, name, ...targets);
  const hashes = { [name]: model.hash };
  agreeOnModels(c, hashes);
  return { state, versions, hashes };
}

/** A version with what it changed of the one before, among `all` of its model. */
function showVersion(
  state: WorkspaceState,
  { definition, version, hash, source, actor, publishedAt, changeId }: PublishedVersion,
  all: readonly PublishedVersion[],
) {
  const before = all.find((other) => other.version === version - 1);
  return {
    ...showModel(state, { definition, version, hash }),
    publishedAt,
    change: changeId,
    source,
    actor,
    differences: describeDifference(before?.definition ?? null, definition, nameIn(state)),
  };
}
