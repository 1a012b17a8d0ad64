import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLayers } from '../../local/check-layers.ts';
import { MAY_IMPORT } from '../../local/layer-rules.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = Object.keys(MAY_IMPORT);

let project: string;

/** A project in which each folder of src holds one module, without imports. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'remodel-layers-'));
  await cp(join(PROJECT, 'tsconfig.json'), join(project, 'tsconfig.json'));
  await symlink(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
  const modules = ['src/failure', 'src/ports', 'src/statement', 'functions/index', 'local/start', 'test/a'];
  for (const name of [...modules, ...FOLDERS.map((folder) => `src/${folder}/it`)]) {
    await write(`${name}.ts`, 'export const it = 1;\n');
  }
});

afterEach(() => rm(project, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), text);
}

const violations = async () => (await checkLayers(project)).violations;

describe('the layers', () => {
  test('are kept by a project without imports', async () => {
    expect(await violations()).toEqual([]);
  });

  test.each(FOLDERS)('let src/%s import what its arrows say, and nothing else of src', async (folder) => {
    const allowed = MAY_IMPORT[folder] ?? [];
    const others = FOLDERS.filter((other) => other !== folder);
    for (const other of others) {
      await write(
        `src/${folder}/uses-${other}.ts`,
        `import type { it } from '../${other}/it.ts';\nexport type A = typeof it;\n`,
      );
    }
    const forbidden = others.filter((other) => !allowed.includes(other));
    expect([...(await violations())].sort()).toEqual(
      forbidden
        .map((other) => `${folder}-imports: src/${folder}/uses-${other}.ts → src/${other}/it.ts`)
        .sort(),
    );
  });

  test.each([
    ['shared-imports', 'src/ports.ts', './definition/it.ts'],
    ['outward', 'src/http/wrong.ts', '../../local/start.ts'],
    ['outward', 'src/http/wrong.ts', '../../test/a.ts'],
    ['functions-outward', 'functions/wrong.ts', '../local/start.ts'],
    ['drivers', 'src/catalog/wrong.ts', '@neondatabase/serverless'],
    ['drivers', 'src/heads/wrong.ts', '@upstash/redis/cloudflare'],
    ['unresolved', 'src/http/wrong.ts', './missing.ts'],
  ])('forbid by "%s" that %s imports %s', async (rule, file, imported) => {
    await write(file, `import * as wrong from '${imported}';\nexport const it = wrong;\n`);
    const found = await violations();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${rule}: ${file} → `));
  });

  test('let functions import every folder', async () => {
    const imports = FOLDERS.map((folder, n) => `import { it as it${n} } from '../src/${folder}/it.ts';`);
    await write(
      'functions/index.ts',
      `${imports.join('\n')}\nexport const all = [${imports.map((_, n) => `it${n}`)}];\n`,
    );
    expect(await violations()).toEqual([]);
  });

  test('forbid cycles, of types too', async () => {
    await write('src/plan/a.ts', `import type { B } from './b.ts';\nexport type A = B[];\n`);
    await write('src/plan/b.ts', `import type { A } from './a.ts';\nexport type B = A[];\n`);
    expect((await violations())[0]).toMatch(/^cycles: src\/plan/);
  });

  test('know every folder of src', async () => {
    await write('src/elsewhere/it.ts', 'export const it = 1;\n');
    expect(await violations()).toEqual(['unknown: src/elsewhere has no arrows in local/layer-rules.ts']);
  });
});
