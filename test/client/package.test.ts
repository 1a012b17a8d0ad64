import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const PROGRAM = `
import { createClient, etagOf, Problem } from 'remodel/client';
import { hashes, type Models } from './movies.ts';

const client = createClient<Models>({ url: 'http://127.0.0.1:1', token: 'secret', hashes });
export const year: Promise<number | null> = client.records('movie').get('1', { select: ['year'] }).then((movie) => movie.year);
// @ts-expect-error: no such field.
year.then(() => client.records('movie').create({ titel: 'Jaws' }));
console.log(etagOf({}), new Problem(502, {}, null).code);
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remodel-client-'));
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: PROJECT });
  const installed = join(folder, 'node_modules', 'remodel');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, 'remodel-0.1.0.tgz'), '--strip-components=1', '-C', installed]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package of the client', () => {
  test('is imported by plain Node, and needs no other package', async () => {
    const program = `
      const { createClient } = await import('remodel/client');
      const client = createClient({ url: 'http://remodel.test', token: 'x', fetch: async (url) => Response.json({ id: url }) });
      console.log((await client.records('movie').get('1')).id);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
    expect(stdout.trim()).toBe('http://remodel.test/v1/main/records/movie/1');
  });

  test('has the types with it, for a program that knows the DOM alone', async () => {
    await writeFile(join(folder, 'movies.ts'), await readFile(join(PROJECT, 'test/types/movies.ts')));
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      allowImportingTsExtensions: true,
      types: [],
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    );
    const { stdout } = await run(process.execPath, [TSC, '-p', folder]).catch((error) => error);
    expect(stdout).toBe('');
  });
});

describe('the command of the package', () => {
  test('runs from what was packed, with the packages that it depends on', async () => {
    const installed = join(folder, 'node_modules', 'remodel');
    await symlink(join(PROJECT, 'node_modules'), join(installed, 'node_modules'));
    const { bin, version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    const { stdout } = await run(process.execPath, [join(installed, bin.remodel), '--version']);
    expect(stdout).toBe(`${version}\n`);
  });
});
