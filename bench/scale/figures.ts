import { readFileSync } from 'node:fs';
import type { Client } from '../client.ts';
import { median } from '../median.ts';
import { apply } from './workspaces.ts';

/** One model of one workspace, as it is measured. */
export interface Subject {
  readonly slug: string;
  readonly model: string;
  readonly ids: readonly string[];
}

let added = 0;

/** Milliseconds until a plan is answered. */
export async function timePlan(client: Client, { slug, model }: Subject): Promise<number> {
  const field = { name: `added_${++added}`, type: 'text' };
  const begin = performance.now();
  await client.request('POST', `/v1/${slug}/plans`, { operations: [{ op: 'addField', model, field }] }, 200);
  return performance.now() - begin;
}

/** Milliseconds from the change's place in the order to its head in Redis, by the catalog's clock. */
export async function timePublish(client: Client, { slug, model }: Subject): Promise<number> {
  const set = { help: `text ${++added}` };
  const operations = [{ op: 'alterField', model, field: 'field_0', set }];
  const { createdAt, publishedAt } = await apply(client, slug, { operations });
  return Date.parse(publishedAt) - Date.parse(createdAt);
}

/** Milliseconds until a record is answered. */
export async function timeRead(client: Client, { slug, model, ids }: Subject, n: number): Promise<number> {
  const begin = performance.now();
  await client.request('GET', `/v1/${slug}/records/${model}/${ids[n % ids.length]}`, undefined, 200);
  return performance.now() - begin;
}

/** Takes each figure of each subject in turn, so that what else the machine does falls on all; medians. */
export async function mediansOf<S>(
  subjects: readonly S[],
  repeats: number,
  time: (subject: S, n: number) => Promise<number>,
): Promise<readonly number[]> {
  const taken = subjects.map((): number[] => []);
  // The first round warms up.
  for (let n = -1; n < repeats; n++) {
    for (const [s, subject] of subjects.entries()) {
      const milliseconds = await time(subject, n + 1);
      if (n >= 0) taken[s]?.push(milliseconds);
    }
  }
  return taken.map(median);
}

/** Megabytes that a process holds in memory. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
