import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCommands, makeProgram, pathOf } from '../../src/cli/program.ts';
import { Terminal } from '../../src/cli/terminal.ts';
import { change, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import { makeShop, RIGHTS } from '../stories/adoption/legacy.ts';
import { CommandLine } from './command-line.ts';

const MOVIES = fileURLToPath(new URL('../../examples/definitions', import.meta.url));

let system: System;
let line: CommandLine;
const path = (...names: readonly string[]) => join(line.folder, ...names);

beforeAll(async () => {
  [system, line] = await Promise.all([startSystem(), CommandLine.open()]);
  await line.run(`remodel init --url ${system.edge.origin}`);
  await cp(MOVIES, path('definitions'), { recursive: true });
  for (const slug of ['copy', 'empty', 'staging', 'production', 'reviewed', 'store', 'store-copy']) {
    await system.edge.request('POST', '/v1/workspaces', { slug });
  }
});
afterAll(() => Promise.all([system.stop(), line.close()]));

/** Every file of a folder, with its text and the time at which it was written. */
async function files(folder: string): Promise<Readonly<Record<string, readonly [string, number]>>> {
  const names = await readdir(path(folder));
  const entries = names.map(async (name) => {
    const file = path(folder, name);
    return [name, [await readFile(file, 'utf8'), (await stat(file)).mtimeMs]] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function versions(workspace: string): Promise<Readonly<Record<string, number>>> {
  const { body } = await system.edge.get(`/v1/${workspace}/models`);
  return Object.fromEntries(
    body.data.map((model: { name: string; version: number }) => [model.name, model.version]),
  );
}

/** What a definition says of its table. */
const PHYSICAL = new Set(['table', 'column', 'keyColumn', 'adopted', 'storedAs', 'names']);

/** The hash of each model's definition with names in the place of ids, and without tables and columns. */
async function hashes(workspace: string): Promise<Readonly<Record<string, string>>> {
  const rows = await system.sql(
    `select d.body from remodel.models m
     join remodel.definitions d on d.hash = m.hash
     join remodel.workspaces w on w.id = m.workspace_id
     where w.slug = $1 and m.status = 'published'`,
    [workspace],
  );
  const bodies = rows.map(({ body }) => JSON.parse(typeof body === 'string' ? body : JSON.stringify(body)));
  const names = new Map<string, string>();
  for (const { id, name, fields } of bodies) {
    names.set(id, name);
    for (const field of fields) names.set(field.id, `${name}.${field.name}`);
  }
  return Object.fromEntries(
    bodies.map((body) => {
      const text = JSON.stringify(body, (key, value) => (PHYSICAL.has(key) ? undefined : value));
      const named = [...names].reduce((all, [id, name]) => all.replaceAll(id, name), text);
      return [
        body.name,
        createHash('sha256')
          .update(canonicalize(JSON.parse(named)) ?? '')
          .digest('hex'),
      ];
    }),
  );
}

describe('definition files', () => {
  test('are applied once: a second time there is nothing to do, and a pull changes no file', async () => {
    expect((await line.json('remodel apply')).status).toMatch(/published|done/);
    const before = [await versions('main'), await files('definitions')];
    expect(await line.json('remodel apply')).toMatchObject({ status: 'nothing', change: null });
    expect(await line.json('remodel pull')).toMatchObject({ created: [], written: [], unchanged: 8 });
    expect([await versions('main'), await files('definitions')]).toEqual(before);
    expect((await line.run('remodel plan --exit-code')).code).toBe(0);
  });

  test('that are pulled give another workspace the same models', async () => {
    await rm(path('definitions'), { recursive: true });
    expect((await line.json('remodel pull')).created).toHaveLength(8);
    expect((await line.json('remodel apply --workspace copy')).status).toMatch(/published|done/);
    const movies = await hashes('main');
    expect(Object.keys(movies)).toHaveLength(8);
    expect(await hashes('copy')).toEqual(movies);
    expect(await line.json('remodel pull')).toMatchObject({ written: [], unchanged: 8 });
  });

  test('of tables that were there before give another workspace the same models too', async () => {
    await makeShop(system.sql);
    await system.sql(RIGHTS);
    const settings = `--url ${system.edge.origin} --config shop.json`;
    await writeFile(
      path('shop.json'),
      JSON.stringify({ url: system.edge.origin, folder: 'shop', workspace: 'store' }),
    );
    const adopted = await line.json(`remodel adopt --schema shop --yes --until done ${settings}`);
    expect(adopted).toMatchObject({ status: 'done' });
    expect(await line.json(`remodel pull ${settings}`)).toMatchObject({ written: [], unchanged: 0 });
    expect(await line.json(`remodel pull ${settings}`)).toMatchObject({ created: [], written: [] });
    expect(await line.json(`remodel apply ${settings}`)).toMatchObject({ status: 'nothing' });
    await line.run(`remodel apply ${settings} -w store-copy`);
    const models = await hashes('store');
    expect(Object.keys(models)).not.toEqual([]);
    expect(await hashes('store-copy')).toEqual(models);
  });

  test('keep their comments and their order where others change the model', async () => {
    const file = path('definitions', 'car.yaml');
    const [text] = (await files('definitions'))['car.yaml'] ?? [''];
    const own = text.replace('name: car\n', '# Cars of vega-datasets.\nname: car\nkey: uuid # as always\n');
    await writeFile(file, own.replace('  - name: year\n', '\n  # A day in January.\n  - name: year\n'));
    const states = (await files('definitions'))['state.yaml'];
    await change(
      system.edge,
      operations(
        { op: 'renameField', model: 'car', from: 'name', to: 'title' },
        { op: 'alterField', model: 'car', field: 'cylinders', set: { max: 24 } },
        { op: 'addField', model: 'car', field: { name: 'wheels', type: 'integer', required: false } },
      ),
    );
    expect(await line.json('remodel pull')).toMatchObject({ written: ['definitions/car.yaml'], created: [] });
    const pulled = await readFile(file, 'utf8');
    expect(pulled).toBe(
      `${own
        .replace('  - name: year\n', '\n  # A day in January.\n  - name: year\n')
        .replace('- name: name', '- name: title')
        .replace('max: 16', 'max: 24')}  - name: wheels\n    type: integer\n`,
    );
    expect((await files('definitions'))['state.yaml']).toEqual(states);
  });

  test('rename by a note, which may stay, or by the answer to a question', async () => {
    const file = path('definitions', 'state.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}  - name: flower\n    type: text\n`.replace('fields: []\n', 'fields:\n'));
    await line.run('remodel apply');
    await system.edge.request('POST', '/v1/main/records/state', { id: 'TX', flower: 'bluebonnet' });
    const flower = await readFile(file, 'utf8');

    await writeFile(file, flower.replace('name: flower', 'name: bloom'));
    const asked = await line.run('remodel apply');
    expect(asked.code).toBe(3);
    expect(asked.stdout).toContain(`--answer 'rename:state.flower->bloom=yes'`);
    expect((await line.run(`remodel apply --answer 'rename:state.flower->bloom=yes'`)).code).toBe(0);

    await writeFile(file, flower.replace('name: flower', 'name: blossom\n    renamedFrom: bloom'));
    const plan = await line.run('remodel plan');
    expect(plan.stdout).toContain('~ bloom becomes blossom (renamed)');
    expect((await line.run('remodel apply')).code).toBe(0);
    expect(await line.json('remodel apply')).toMatchObject({ status: 'nothing' });
    expect(await line.json('remodel pull')).toMatchObject({ written: [] });
    const { body } = await system.edge.get('/v1/main/records/state/TX');
    expect(body).toMatchObject({ blossom: 'bluebonnet' });
    // The note means nothing to a workspace that has never had the old name.
    expect((await line.json('remodel apply -w empty --yes')).status).toMatch(/published|done/);
  });

  test('that drop something are applied only as they were looked at', async () => {
    const file = path('definitions', 'state.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.slice(0, text.indexOf('  - name: blossom')).replace('fields:\n', 'fields: []\n'),
    );
    expect(await line.run('remodel apply')).toMatchObject({ code: 3 });
    const looked = await line.json('remodel plan');
    expect(looked.models).toEqual([
      { model: 'state', kind: 'changed', sentences: [{ sign: '-', text: 'blossom goes to the trash' }] },
    ]);
    await writeFile(path('definitions', 'extra.yaml'), 'name: extra\nfields: []\n');
    const refused = await line.run(`remodel apply --confirm ${looked.plan.hash} --json`);
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({ status: 'plan_changed' });
    await rm(path('definitions', 'extra.yaml'));
    expect((await line.run(`remodel apply --confirm ${looked.plan.hash}`)).code).toBe(0);
  });

  test('that are wrong are told of by file and line, and what the data forbid by the rows', async () => {
    const file = path('definitions', 'wrong.yaml');
    await writeFile(file, 'name: wrong\nfields:\n  - name: size\n    type: bigit\n');
    const wrong = await line.run('remodel plan');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('definitions/wrong.yaml:4: size.type: must be one of text, integer');
    await writeFile(file, 'name: wrong\nfields:\n  - name: size\n   type: text\n');
    expect((await line.run('remodel plan')).stderr).toMatch(/definitions\/wrong\.yaml:4: /);
    await writeFile(file, 'name: wrong\nfields:\n  - name: size\n    type: text\n');
    await line.run('remodel apply --until done');
    await system.edge.request('POST', '/v1/main/records/wrong', [{ size: 'big' }, { size: '2' }]);
    await writeFile(file, 'name: wrong\nfields:\n  - name: size\n    type: integer\n');
    const unfit = await line.run('remodel apply --yes');
    expect(unfit.code).toBe(1);
    expect(unfit.stderr).toMatch(/wrong\.size: 1 row have a value that does not convert: "big" in /);
    expect((await line.run('remodel plan --format markdown')).stdout).toContain('**In the way**: wrong.size');
    expect((await line.run('remodel apply --yes --until done --conversions wrong.size=null')).code).toBe(0);
    await rm(file);
    expect((await line.run('remodel apply --prune --yes')).code).toBe(0);
  });
});

describe('two workspaces', () => {
  test('are compared, and one becomes the other: renames are followed, and data stay', async () => {
    const targets = { staging: { workspace: 'staging' }, production: { workspace: 'production' } };
    const config = await readFile(path('remodel.yaml'), 'utf8');
    await writeFile(path('remodel.yaml'), `${config}targets: ${JSON.stringify(targets)}\n`);
    const fields = [
      { name: 'title', type: 'text' },
      { name: 'gross', type: 'integer' },
    ];
    for (const { workspace } of Object.values(targets))
      await putModel(system.edge, 'movie', { fields }, workspace);
    await system.edge.request('POST', '/v1/production/records/movie', { title: 'Jaws', gross: 471 });
    expect((await line.run('remodel diff production staging --exit-code')).code).toBe(0);
    const { body } = await change(
      system.edge,
      operations(
        { op: 'renameField', model: 'movie', from: 'gross', to: 'takings' },
        { op: 'renameField', model: 'movie', from: 'takings', to: 'revenue' },
        { op: 'renameModel', from: 'movie', to: 'film' },
        { op: 'alterField', model: 'film', field: 'title', set: { required: true } },
        { op: 'createModel', model: 'person', fields: [{ name: 'name', type: 'text' }] },
      ),
      'staging',
    );
    await ended(system.edge, body.id, 'staging');

    const diff = await line.run('remodel diff production staging --exit-code');
    expect(diff.code).toBe(2);
    expect(diff.stdout).toContain('~ movie becomes film (renamed)');
    expect(diff.stdout).toContain('~ gross becomes revenue (renamed)');
    expect(diff.stdout).toContain('person (new)');
    const promoted = await line.json('remodel promote staging production --until done');
    expect(promoted).toMatchObject({ status: 'done' });
    expect((await system.edge.get('/v1/production/records/film')).body.data).toMatchObject([
      { title: 'Jaws', revenue: 471 },
    ]);
    expect(await hashes('production')).toEqual(await hashes('staging'));
    expect(await line.json('remodel promote staging production')).toMatchObject({ status: 'nothing' });
    expect(await line.json('remodel diff production staging')).toMatchObject({ models: [] });
  });
});

describe('a pipeline', () => {
  test('shows a plan in a pull request, and applies exactly that once it is merged', async () => {
    const settings = `--url ${system.edge.origin} --workspace reviewed --config ci.json`;
    const fields = [
      { name: 'title', type: 'text' },
      { name: 'revenue', type: 'integer' },
    ];
    await putModel(system.edge, 'film', { fields }, 'reviewed');
    await mkdir(path('reviewed'));
    await writeFile(path('ci.json'), JSON.stringify({ url: 'http://127.0.0.1:65534', folder: 'reviewed' }));
    await line.run(`remodel pull ${settings}`);
    const film = await readFile(path('reviewed', 'film.yaml'), 'utf8');
    expect((await line.run(`remodel plan ${settings} --exit-code`)).code).toBe(0);
    await writeFile(path('reviewed', 'film.yaml'), film.replace(/ {2}- name: revenue\n {4}.*\n/, ''));
    const comment = await line.run(`remodel plan ${settings} --exit-code --format markdown`);
    expect(comment.code).toBe(2);
    expect(comment.stdout).toContain('> It drops something: confirm it.');
    expect(comment.stdout).toContain('- `-` revenue goes to the trash');
    const [, hash] = /remodel apply --confirm ([0-9a-f]{64})/.exec(comment.stdout) ?? [];
    expect((await line.run(`remodel apply ${settings}`)).code).toBe(3);
    expect((await line.run(`remodel apply ${settings} --confirm ${hash}`)).code).toBe(0);
    expect((await line.run(`remodel plan ${settings} --exit-code`)).code).toBe(0);
  });

  test('reads one JSON document from each command, also where it fails', async () => {
    await writeFile(path('films.csv'), 'title\nAlien\n');
    const lines: readonly string[] = [
      'init',
      'pull',
      'plan',
      'apply',
      'status',
      'watch',
      'types',
      'types -o types.ts',
      'import movie films.csv --dry-run',
      'import nothing films.csv',
      'export movie -o movies.csv',
      'export movie',
      'diff staging production',
      'promote staging production --plan',
      'rollback car 1 --plan',
      'trash list',
      'trash restore nothing --plan',
      'trash purge nothing --yes',
      'adopt shop.nothing --plan',
      'drift',
      'drift --repair --plan',
      'keys list',
      'keys create reader --scope models:read',
      'keys rotate nothing',
      'keys revoke nothing',
      'workspaces list',
      'workspaces create another',
      'workspaces delete another',
      'workspaces delete another --yes',
      'workspaces restore another',
      'doctor',
      'status --url http://127.0.0.1:65534',
      'nothing',
      'plan --nothing',
    ];
    const all = allCommands(makeProgram(new Terminal(process))).filter(
      ({ commands }) => commands.length === 0,
    );
    const names = all.map((command) => pathOf(command).replace('remodel ', ''));
    expect(names.filter((name) => !lines.some((each) => each.startsWith(name)))).toEqual([]);
    for (const each of lines) {
      const { stdout } = await line.run(`remodel ${each} --json`);
      expect(() => JSON.parse(stdout), `${each}: ${stdout}`).not.toThrow();
    }
  });
});

describe('what goes wrong', () => {
  const told = async (command: string, environment?: Readonly<Record<string, string>>) => {
    const { code, stdout, stderr } = await line.run(command, environment);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/\n\s+at /);
    return { code, stderr };
  };

  test.each([
    ['remodel pla', 'Did you mean plan?'],
    ['remodel status --url http://127.0.0.1:65534', 'does not answer: nothing listens there'],
    ['remodel status --url 127.0.0.1', 'is not the address of a server'],
    ['remodel status --workspace nowhere', 'There is no workspace nowhere'],
    ['remodel status --target nowhere', 'there is no target nowhere'],
    ['remodel export nothing', 'There is no model nothing'],
    ['remodel import movie nothing.csv', 'nothing.csv cannot be read'],
    ['remodel watch 7a1e', 'there is no change 7a1e'],
    ['remodel apply --answer yes', 'write it as --answer'],
  ])('is said in a sentence: %s', async (command, sentence) => {
    const { code, stderr } = await told(command);
    expect(stderr.toLowerCase()).toContain(sentence.toLowerCase());
    expect(code).toBe(1);
  });

  test('is said of the token and of the configuration as well', async () => {
    expect((await told('remodel status', { REMODEL_TOKEN: 'wrong' })).stderr).toContain('REMODEL_TOKEN');
    expect((await told('remodel status', { REMODEL_TOKEN: '' })).stderr).toContain('there is no token');
    await writeFile(path('bad.yaml'), `url: ${system.edge.origin}\ntoken: secret\n`);
    const { stderr } = await told('remodel status --config bad.yaml');
    expect(stderr).toContain('a token has no place in a file');
    expect(stderr).not.toContain('secret');
  });
});

describe('what a person may well do', () => {
  const lines = (...all: readonly string[]) => all.join('\n');
  beforeAll(async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'odd' });
    for (const name of ['tag', 'movie']) {
      const definition = { fields: [{ name: 'title', type: 'text' }] };
      expect((await putModel(system.edge, name, definition, 'odd')).status).toBe(201);
    }
  });

  test('pull over a rename that was not applied, and over a file with the name of another model', async () => {
    await mkdir(path('odd'), { recursive: true });
    const fields = 'fields: [{ name: title, type: text }]';
    await writeFile(path('odd', 'tag.yaml'), lines('name: label', 'renamedFrom: tag', fields));
    await writeFile(path('odd', 'movie.yaml'), lines('name: film', fields));
    const config = JSON.stringify({ url: system.edge.origin, workspace: 'odd', folder: 'odd' });
    await writeFile(path('odd.json'), config);
    const pull = 'remodel pull --config odd.json';
    const { code, stdout } = await line.run(`${pull} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      created: ['odd/movie-2.yaml'],
      written: ['odd/tag.yaml'],
      unknown: ['odd/movie.yaml'],
    });
    expect((await line.run(`${pull} --prune`)).code).toBe(0);
    expect(Object.keys(await files('odd'))).toEqual(['movie-2.yaml', 'tag.yaml']);
  });

  test('give a token that no header can hold: it is not shown', async () => {
    const { code, stdout, stderr } = await line.run('remodel status --json', { REMODEL_TOKEN: 'sec\nret' });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain('ret"');
    expect(JSON.parse(stdout).error.code).toBe('invalid_token');
  });

  test('leave a folder among the files, or an alias of nothing', async () => {
    await mkdir(path('odd', 'folder.yaml'), { recursive: true });
    expect((await line.run('remodel plan --config odd.json')).code).toBe(0);
    await writeFile(path('odd', 'alias.yaml'), lines('name: alias', 'fields: [*nothing]'));
    const { code, stderr } = await line.run('remodel plan --config odd.json');
    expect([code, stderr]).toEqual([1, expect.stringContaining('odd/alias.yaml')]);
    expect(stderr).not.toContain('should not happen');
  });

  test('read no more of it', async () => {
    const { stderr } = await line.run('remodel types | true');
    expect(stderr).toBe('');
  });
});
