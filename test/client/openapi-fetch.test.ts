import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT_TOKEN } from '../stack/answer.ts';
import { change } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import { DEFINITIONS } from './definitions.ts';

const run = promisify(execFile);
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** A program against the types that others generate from the document, by a client that others wrote. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.ts';

const client = createClient<paths>({
  baseUrl: process.env['API']!,
  headers: { Authorization: \`Bearer \${process.env['TOKEN']}\` },
  querySerializer: { array: { style: 'form', explode: false } },
});
const movies = '/v1/main/records/movie';

const made = await client.POST(movies, { body: { title: 'Jaws', rating: 'PG', tags: [] } });
const listed = await client.GET(movies, {
  params: {
    query: {
      filter: JSON.stringify({ title: { _eq: 'Jaws' } }),
      select: ['title', 'year'],
      sort: ['-year'],
      limit: 1,
      count: 'exact',
    },
  },
});
const id = made.data && 'id' in made.data ? made.data.id : '';
const one = '/v1/main/records/movie/{id}';
const etag = made.response.headers.get('ETag') ?? '';
const changed = await client.PATCH(one, { params: { path: { id }, header: { 'If-Match': etag } }, body: { year: 1975 } });
const year: number | null | undefined = changed.data?.year;
const stale = await client.DELETE(one, { params: { path: { id }, header: { 'If-Match': etag } } });
const problem: components['schemas']['Problem'] | undefined = stale.error;
const change = await client.POST('/v1/main/plans', {
  body: { operations: [{ op: 'dropField', model: 'movie', field: 'isbn' }] },
});
// @ts-expect-error: the title is required.
await client.POST(movies, { body: { year: 1975 } });
// @ts-expect-error: no such parameter.
await client.GET(movies, { params: { query: { select: 'title', page: 2 } } });
// @ts-expect-error: no such option.
await client.POST(movies, { body: { title: 'Jaws', rating: 'X' } });

console.log(JSON.stringify({
  made: made.response.status,
  titles: listed.data?.data.map(({ title }) => title),
  total: listed.data?.page.total,
  year,
  code: problem?.code,
  destructive: change.data?.destructive,
}));
`;

let system: System;
let folder: string;

beforeAll(async () => {
  system = await startSystem();
  await change(system.edge, { models: DEFINITIONS });
  folder = await mkdtemp(join(tmpdir(), 'remodel-openapi-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await system.stop();
});

describe('types and a client that others generate from the OpenAPI document', () => {
  test('compile, refuse what does not fit, and work', async () => {
    const { body: document } = await system.edge.get('/v1/main/openapi.json');
    await writeFile(join(folder, 'api.ts'), astToString(await openapiTS(document)));
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await symlink(NODE_MODULES, join(folder, 'node_modules'));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      allowImportingTsExtensions: true,
      types: ['node'],
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    );
    const compiled = await run(process.execPath, [TSC, '-p', folder]).catch((error) => error);
    expect(compiled.stdout).toBe('');
    const env = { ...process.env, API: system.edge.origin, TOKEN: ROOT_TOKEN };
    const { stdout } = await run(process.execPath, [join(folder, 'program.ts')], { env });
    expect(JSON.parse(stdout)).toEqual({
      made: 201,
      titles: ['Jaws'],
      total: 1,
      year: 1975,
      code: 'precondition_failed',
      destructive: true,
    });
  });
});
