import { type Context, Hono } from 'hono';
import { type CurrentModel, readAllModels, readCurrentModels } from '../../catalog/all-models.ts';
import { type DocumentName, generatedDocuments } from '../../documents/documents.ts';
import { allowedModels } from '../access/assert-granted.ts';
import { digestOf } from '../caching.ts';
import { DocumentCache } from '../document-cache.ts';
import type { EdgeEnv } from '../edge.ts';
import { agreeOnModels, entityTags } from '../headers.ts';
import { PROBLEMS } from '../problems.ts';
import { VERSION } from '../version.ts';

/** Bytes; an isolate has 128 MB for all that it does. A thousand models of ten fields take 19 MB. */
const CAPACITY = 24_000_000;

const DOCUMENTS = generatedDocuments(VERSION, PROBLEMS);
const cache = new DocumentCache(CAPACITY);

/** What is generated from all models of a workspace, for its clients. */
export const documents = new Hono<EdgeEnv>()
  .get('/openapi.json', (c) => answerDocument(c, 'openapi.json'))
  .get('/definitions.json', (c) => answerDocument(c, 'definitions.json'))
  .get('/types.ts', (c) => answerDocument(c, 'types.ts'));

async function answerDocument(c: Context<EdgeEnv>, name: DocumentName): Promise<Response> {
  const { database } = c.env.edge;
  const slug = c.req.param('ws') ?? '';
  const { type, write } = DOCUMENTS[name];
  c.header('Cache-Control', 'private, no-cache');
  const current = await readCurrentModels(database, slug, allowedModels(c));
  const tag = tagOf(name, slug, current);
  const known = entityTags(c, 'If-None-Match');
  if (known?.some((one) => one === '*' || one === tag)) return answer(c, current, null, tag, type);
  const kept = cache.get(tag);
  if (kept !== undefined) return answer(c, current, kept, tag, type);
  // They may have changed since.
  const models = await readAllModels(database, slug, allowedModels(c));
  const newTag = tagOf(name, slug, models);
  return answer(c, models, cache.read(newTag, write({ slug, models })), newTag, type);
}

function answer(
  c: Context<EdgeEnv>,
  models: readonly CurrentModel[],
  text: Uint8Array<ArrayBuffer> | ReadableStream | null,
  tag: string,
  type: string,
): Response {
  agreeOnModels(c, Object.fromEntries(models.map(({ name, hash }) => [name, hash])));
  c.header('ETag', `"${tag}"`);
  return text === null ? c.body(null, 304) : c.body(text, 200, { 'Content-Type': type });
}

/** A document is decided by its generator, the workspace's name, and the hashes of all models. */
function tagOf(name: DocumentName, slug: string, models: readonly CurrentModel[]): string {
  const { generator } = DOCUMENTS[name];
  const hashes = models.map(({ hash }) => hash);
  return digestOf(JSON.stringify([name, generator, slug, hashes]));
}
