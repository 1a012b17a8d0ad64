import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { LAYER_RULES, MAY_IMPORT } from './layer-rules.ts';

export interface LayerReport {
  readonly modules: number;
  /** A line for each violation; empty when all is well. */
  readonly violations: readonly string[];
}

const ROOTS = ['src', 'functions'];

/** Compares the imports under `src` and `functions` of a project with the arrows of layer-rules.ts. */
export async function checkLayers(project: string): Promise<LayerReport> {
  const { output } = await cruise(
    ROOTS,
    {
      baseDir: project,
      validate: true,
      ruleSet: { forbidden: [...LAYER_RULES] },
      // Imports of types are arrows too.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
    { tsConfig: extractTSConfig(join(project, 'tsconfig.json')) },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered text: ${output}`);
  const cruised = new Set(output.modules.map(({ source }) => source));
  const files = await typeScriptFiles(project);
  return {
    modules: files.length,
    violations: [
      ...output.summary.violations.map(
        ({ rule, from, to, cycle = [] }) =>
          `${rule.name}: ${from} → ${cycle.length > 0 ? cycle.map(({ name }) => name).join(' → ') : to}`,
      ),
      // With a TypeScript that it does not know it finds nothing, and says that all is well.
      ...files.filter((file) => !cruised.has(file)).map((file) => `unseen: ${file} was not cruised`),
      ...unknownFolders(files),
    ],
  };
}

async function typeScriptFiles(project: string): Promise<readonly string[]> {
  const lists = ROOTS.map(async (root) => {
    const entries = await readdir(join(project, root), { recursive: true });
    return entries
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${root}/${name.replaceAll('\\', '/')}`);
  });
  return (await Promise.all(lists)).flat();
}

function unknownFolders(files: readonly string[]): readonly string[] {
  const folders = new Set(files.flatMap((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? []));
  return [...folders]
    .filter((folder) => !(folder in MAY_IMPORT))
    .map((folder) => `unknown: src/${folder} has no arrows in local/layer-rules.ts`);
}
