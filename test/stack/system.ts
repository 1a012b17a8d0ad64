import { inject } from 'vitest';
import { Isolate } from './isolate.ts';
import { type Parts, startParts } from './parts.ts';

/** A whole system on real parts: isolates that are workerd processes, and what they stand on. */
export interface System extends Parts {
  readonly isolates: readonly Isolate[];
  /** The first isolate. */
  readonly edge: Isolate;
  startIsolate(bindings?: Readonly<Record<string, string>>, folder?: string): Promise<Isolate>;
}

export async function startSystem(
  options: { readonly isolates?: number; readonly bindings?: Readonly<Record<string, string>> } = {},
): Promise<System> {
  const parts = await startParts();
  const isolates: Isolate[] = [];
  const startIsolate = async (more: Readonly<Record<string, string>> = {}, folder?: string) => {
    const bindings = { ...parts.bindings, ...options.bindings, ...more };
    const isolate = await Isolate.start(inject('workerPath'), bindings, folder);
    isolates.push(isolate);
    return isolate;
  };
  await Promise.all(Array.from({ length: options.isolates ?? 1 }, () => startIsolate()));
  const [edge] = isolates;
  if (!edge) throw new Error('a system has at least one isolate');
  return {
    ...parts,
    isolates,
    edge,
    startIsolate,
    async stop() {
      await Promise.all(isolates.map((isolate) => isolate.stop()));
      await parts.stop();
    },
  };
}
