import type { Client } from '../client.ts';
import { progress } from '../report.ts';

/** A workspace of many models, or of few: what is measured in it is the same. */
export interface ScaledWorkspace {
  readonly slug: string;
  readonly models: readonly string[];
}

/** The model that has many fields. */
export const WIDE = 'wide';
export const WIDE_FIELDS = 1000;
const RECORDS = 100;

const MODELS_PER_CHANGE = 100;
const TYPES = ['text', 'integer', 'float', 'boolean', 'date', 'timestamp', 'bigint', 'uuid', 'text'];

/** Creates the workspace through the product: changes of many models each. */
export async function createWorkspace(client: Client, slug: string, count: number): Promise<ScaledWorkspace> {
  await client.request('POST', '/v1/workspaces', { slug, label: slug }, 201);
  const models = Array.from({ length: count }, (_, n) => `model_${String(n).padStart(5, '0')}`);
  for (let from = 0; from < count; from += MODELS_PER_CHANGE) {
    const some = models.slice(from, from + MODELS_PER_CHANGE);
    await apply(client, slug, { models: some.map((name, n) => definitionOf(name, models[from + n - 1])) });
    if (count > MODELS_PER_CHANGE) progress(`  ${from + some.length} of ${count} models`);
  }
  return { slug, models };
}

/** Nine fields of the usual types, and a reference to the model before. */
function definitionOf(name: string, before: string | undefined): object {
  const fields: object[] = TYPES.map((type, n) => ({ name: `field_${n}`, type }));
  return { name, fields: [...fields, before ? { name: 'before', type: 'reference', to: before } : field(9)] };
}

/** The model of many fields. */
export async function createWide(client: Client, slug: string): Promise<void> {
  const fields = Array.from({ length: WIDE_FIELDS }, (_, n) => field(n));
  await apply(client, slug, { models: [{ name: WIDE, fields }] });
}

function field(n: number): object {
  return { name: `field_${n}`, type: TYPES[n % TYPES.length] };
}

/** Makes a change and waits for its end. */
export async function apply(client: Client, slug: string, body: object) {
  const { body: change } = await client.request('POST', `/v1/${slug}/changes`, body, 202);
  return client.ended(slug, change.id);
}

/** Records of one model; answers their ids. */
export async function createRecords(client: Client, slug: string, model: string): Promise<readonly string[]> {
  const records = Array.from({ length: RECORDS }, (_, n) => ({ field_0: `text ${n}`, field_1: n }));
  const { body } = await client.request('POST', `/v1/${slug}/records/${model}`, records, 201);
  return body.data.map(({ id }: { id: string }) => id);
}
