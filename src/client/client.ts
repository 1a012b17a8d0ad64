/** The client of a workspace: typed by the workspace's own `types.ts`, over `fetch` alone. */
import { Changes } from './changes.ts';
import type { AllModels, ModelName } from './models.ts';
import { Records } from './records.ts';
import { type ClientOptions, Transport } from './transport.ts';

export type { Change, ChangeRequest, FailedCheck, Plan, PlanStep } from './changes.ts';
export type { Filter } from './models.ts';
export { Problem, StaleTypes } from './problem.ts';
export { etagOf, type Page, type Records } from './records.ts';
export type { ClientOptions };

/** Records by model, and changes of models. */
export interface Client<M extends AllModels<M>> {
  records<N extends ModelName<M>>(name: N): Records<M, N>;
  readonly changes: Changes;
}

/**
 * Makes a client.
 *
 * ```ts
 * import { hashes, type Models } from './types.ts';   // fetched from /v1/main/types.ts
 * const client = createClient<Models>({ url: 'https://api.example.org', token, hashes });
 * const { data } = await client.records('movie').list({ filter: { year: { _gte: 1980 } }, select: ['title'] });
 * ```
 */
export function createClient<M extends AllModels<M>>(options: ClientOptions): Client<M> {
  const transport = new Transport(options);
  return {
    records: (name) => new Records(transport, name),
    changes: new Changes(transport),
  };
}
