import { Problem } from '../../client/problem.ts';
import type { Server } from '../server.ts';
import type { DefinitionFile } from './definition-file.ts';
import type { ModelDefinition } from './model-definition.ts';
import { withOpenRenames } from './renames.ts';

/**
 * The files that do not say what is published. The server judges: it alone knows that `0` and `"0"` are one limit, and
 * what is so without being said.
 */
export async function changedFiles(
  server: Server,
  files: readonly DefinitionFile[],
  published: readonly ModelDefinition[],
): Promise<ReadonlySet<DefinitionFile>> {
  if (files.length === 0) return new Set();
  try {
    const models = withOpenRenames(
      files.map(({ definition }) => definition),
      published,
    );
    const { base, result } = await server.changes.plan({ models });
    return new Set(files.filter(({ definition: { name } }) => name in base || name in result));
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    // What cannot be planned is not what is published; among many, the others are to be found.
    if (files.length === 1) return new Set(files);
    const half = Math.ceil(files.length / 2);
    const parts = [files.slice(0, half), files.slice(half)];
    const found = await Promise.all(parts.map((part) => changedFiles(server, part, published)));
    return new Set(found.flatMap((part) => [...part]));
  }
}
