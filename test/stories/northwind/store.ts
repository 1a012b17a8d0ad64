import type { Answer, Edge } from '../../stack/answer.ts';
import type { Row } from './source.ts';

const PAGE = 1000;

/** The names of the models that are published. */
export async function modelNames(edge: Edge): Promise<readonly string[]> {
  const { body } = await edge.get('/v1/main/models');
  return body.data.map((model: { readonly name: string }) => model.name);
}

/** Every record of a model, by pages, without the times of its writes. */
export async function everyRecord(edge: Edge, model: string): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const cursor = next === '' ? '' : `&cursor=${next}`;
    const { body }: Answer = await edge.get(`/v1/main/records/${model}?limit=${PAGE}${cursor}`);
    for (const { created_at: _created, updated_at: _updated, ...record } of body.data) found.push(record);
    next = body.page.next;
  }
  return found;
}
