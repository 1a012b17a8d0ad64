import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCommands, makeProgram } from '../../src/cli/program.ts';
import { Terminal } from '../../src/cli/terminal.ts';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import { makeShop, RIGHTS } from '../stories/adoption/legacy.ts';
import { CommandLine, type Outcome } from './command-line.ts';

/** The examples of a command, as its help shows them. */
function examplesIn(help: string): readonly string[] {
  const [, list = ''] = help.split('Examples:\n');
  return [...list.matchAll(/^ {2}\$ (.+)$/gm)].map(([, example]) => example ?? '');
}

const commands = allCommands(makeProgram(new Terminal(process)))
  .filter((command) => command.commands.length === 0)
  .map((command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    return { name: command.name(), examples: examplesIn(help) };
  });

/** What has to be there before an example, and what is to come of it. Words in capitals become what `before` answers. */
interface Scene {
  readonly before?: () => Promise<Readonly<Record<string, string>> | undefined>;
  readonly code?: number;
  readonly after?: (outcome: Outcome) => Promise<void> | void;
}

let system: System;
let line: CommandLine;
const path = (file: string) => join(line.folder, file);
const MOVIE = 'definitions/movie.yaml';

async function edit(file: string, replace: string | RegExp, by: string): Promise<undefined> {
  const text = await readFile(path(file), 'utf8');
  expect(text).toMatch(replace);
  await writeFile(path(file), text.replace(replace, by));
  return undefined;
}

async function titles(): Promise<readonly string[]> {
  const { body } = await system.edge.get('/v1/main/records/movie?sort=title');
  return body.data.map((movie: { title: string }) => movie.title);
}

const SCENES: Readonly<Record<string, Scene>> = {
  'remodel init --url http://127.0.0.1:8787': {
    after: async () => expect(await readFile(path('remodel.yaml'), 'utf8')).not.toContain('test-root-token'),
  },
  'remodel init --url https://api.example.org --workspace main --format json --force': {
    // There is one configuration in a folder.
    code: 1,
    after: ({ stderr }) => expect(stderr).toContain('there is remodel.yaml already: remove it first'),
  },
  'remodel pull': {
    after: async () => expect(await readFile(path(MOVIE), 'utf8')).toContain('name: title'),
  },
  'remodel plan': { after: ({ stdout }) => expect(stdout).toContain('Nothing to do') },
  'remodel plan --exit-code --backfill movie.studio=unknown': {
    before: () => edit(MOVIE, '  - name: year\n', '  - name: studio\n    type: text\n    required: true\n$&'),
    code: 2,
    after: ({ stdout }) => expect(stdout).toContain('+ studio: text, required'),
  },
  'remodel apply --backfill movie.studio=unknown': {
    after: async () => {
      const { body } = await system.edge.get('/v1/main/records/movie');
      expect(body.data).toMatchObject([{ title: 'Jaws', studio: 'unknown' }]);
    },
  },
  'remodel apply --confirm HASH': {
    before: async () => {
      await edit(MOVIE, /^ {2}- name: studio\n {4}.*\n {4}.*\n/m, '');
      expect((await line.run('remodel apply')).code).toBe(3);
      const { plan } = await line.json('remodel plan');
      return { HASH: plan.hash };
    },
  },
  'remodel apply --prune --yes --until done': {
    before: async () => {
      await putModel(system.edge, 'fax', { fields: [] });
      return undefined;
    },
    after: async () => expect((await system.edge.get('/v1/main/models/fax')).status).toBe(404),
  },
  'remodel status': { after: ({ stdout }) => expect(stdout).toContain('movie') },
  'remodel watch CHANGE --until published': {
    before: async () => {
      const renaming = { op: 'renameField', model: 'movie', from: 'gross', to: 'revenue' };
      return { CHANGE: (await change(system.edge, operations(renaming))).body.id };
    },
  },
  'remodel types > types.ts': {
    after: async () => {
      expect(await readFile(path('types.ts'), 'utf8')).toContain('revenue');
    },
  },
  'remodel import movie movies.csv': {
    before: async () => {
      await writeFile(path('movies.csv'), 'title,year\nAlien,1979\n');
      return undefined;
    },
    after: async () => expect(await titles()).toEqual(['Alien', 'Jaws']),
  },
  'remodel import movie movies.csv --mode upsert --on title --dry-run': {
    after: ({ stdout }) => expect(stdout).toContain('0 new, 1 changed'),
  },
  'remodel import movie - --format ndjson --on-error skip < movies.ndjson': {
    before: async () => {
      await writeFile(path('movies.ndjson'), '{"title": "Heat", "year": 1995}\n{"title": "Alien"}\n');
      return undefined;
    },
    code: 1,
    after: async ({ stdout }) => {
      expect(stdout).toContain('1 new, 0 changed, 1 left out');
      expect(await titles()).toEqual(['Alien', 'Heat', 'Jaws']);
    },
  },
  'remodel export movie -o movies.csv': {
    after: async () => expect((await readFile(path('movies.csv'), 'utf8')).split('\r\n')).toHaveLength(5),
  },
  [`remodel export movie --format ndjson --filter '{"year": {"_gte": 1980}}' --sort title > recent.ndjson`]: {
    after: async () => expect(JSON.parse(await readFile(path('recent.ndjson'), 'utf8')).title).toBe('Heat'),
  },
  'remodel diff production staging': {
    before: async () => {
      await system.edge.request('POST', '/v1/workspaces', { slug: 'staging' });
      const targets = { production: { workspace: 'main' }, staging: { workspace: 'staging' } };
      await appendFile(path('remodel.yaml'), `targets: ${JSON.stringify(targets)}\n`);
      return undefined;
    },
    after: ({ stdout }) => expect(stdout).toContain('movie (dropped)'),
  },
  'remodel diff http://127.0.0.1:8787#main http://127.0.0.1:8787#staging --exit-code': { code: 2 },
  'remodel promote staging production --plan': {
    before: async () => {
      await putModel(system.edge, 'studio', { fields: [{ name: 'name', type: 'text' }] }, 'staging');
      return undefined;
    },
  },
  'remodel promote staging production': {
    after: async () => expect((await system.edge.get('/v1/main/models/studio')).status).toBe(200),
  },
  'remodel promote staging production --prune --yes --until done': {
    after: async () => expect((await system.edge.get('/v1/main/models/movie')).status).toBe(404),
  },
  'remodel rollback movie 1 --plan': {
    before: async () => {
      const id = await trashed('movie');
      await ended(system.edge, (await change(system.edge, operations({ op: 'restore', trash: id }))).body.id);
      return undefined;
    },
    after: ({ stdout }) => expect(stdout).toContain('~ revenue becomes gross (renamed)'),
  },
  'remodel rollback movie 1 --yes': {
    after: async () => {
      const { body } = await system.edge.get('/v1/main/records/movie?sort=title&select=title,gross');
      expect(body.data).toHaveLength(3);
    },
  },
  'remodel trash list': { after: ({ stdout }) => expect(stdout).toContain('movie.studio') },
  'remodel trash restore ID': {
    before: dropYear,
    after: async () => {
      const { body } = await system.edge.get('/v1/main/records/movie?filter[title][_eq]=Jaws');
      expect(body.data).toMatchObject([{ year: 1975 }]);
    },
  },
  'remodel trash restore ID --as year_before --plan': {
    before: dropYear,
    after: ({ stdout }) => expect(stdout).toContain('+ year_before comes back from the trash'),
  },
  'remodel trash purge ID --yes': {
    before: async () => {
      const { data } = await line.json('remodel trash list');
      return { ID: data[0].id };
    },
    after: async ({ stdout }) => expect(stdout).toBe('It is gone.\n'),
  },
  'remodel adopt shop.product --as product --plan': {
    before: async () => {
      await makeShop(system.sql);
      await system.sql(RIGHTS);
      return undefined;
    },
    // It refers to models that are none yet.
    after: ({ stdout }) => expect(stdout).toContain('product (new)'),
  },
  'remodel adopt --schema shop --yes': {
    after: async () => expect((await system.edge.get('/v1/main/models/product')).status).toBe(200),
  },
  'remodel drift --exit-code': {
    before: async () => {
      await system.sql('drop view main.movie; create index by_hand on main_data.movie (title)');
      return undefined;
    },
    code: 2,
    after: ({ stdout }) => expect(stdout).toContain('viewMissing'),
  },
  'remodel drift --repair --plan': {
    after: ({ stdout }) => expect(stdout).toContain('remodel drift --repair'),
  },
  'remodel drift --repair --keep catalog --yes': {
    after: async () => {
      expect(await system.sql('select title from main.movie')).toHaveLength(3);
      expect((await line.run('remodel drift --exit-code')).code).toBe(0);
    },
  },
  'remodel keys create reader --scope records:read --scope models:read': {
    after: async ({ stdout }) => {
      const read = await line.run('remodel export movie', { REMODEL_TOKEN: stdout.trim() });
      expect(read.code).toBe(0);
      const write = await line.run('remodel import movie movies.csv', { REMODEL_TOKEN: stdout.trim() });
      expect(write).toMatchObject({ code: 1, stderr: expect.stringContaining('records:write') });
    },
  },
  'remodel keys rotate ID --overlap 3600': { before: async () => ({ ID: await keyOf('nightly') }) },
  'remodel keys revoke ID --yes': {
    before: async () => ({ ID: await keyOf('reader') }),
    after: async () => {
      const { data } = await line.json('remodel keys list');
      expect(data.find((key: { label: string }) => key.label === 'reader').status).toBe('revoked');
    },
  },
  'remodel workspaces list': { after: ({ stdout }) => expect(stdout).toContain('staging') },
  'remodel workspaces delete acme --yes': {
    before: async () => {
      expect((await line.run('remodel workspaces delete acme')).code).toBe(3);
      return undefined;
    },
    after: async () => expect((await system.edge.get('/v1/acme/models')).status).toBe(404),
  },
  'remodel workspaces restore acme': {
    after: async () => expect((await system.edge.get('/v1/acme/models')).status).toBe(200),
  },
};

/** The id, in the trash, of what was dropped last under a name. */
async function trashed(name: string): Promise<string> {
  const { body } = await system.edge.get('/v1/main/trash');
  return body.data.find((one: { name: string }) => one.name === name).id;
}

async function keyOf(label: string): Promise<string> {
  const { data } = await line.json('remodel keys list');
  return data.find((key: { label: string }) => key.label === label).id;
}

async function dropYear(): Promise<Readonly<Record<string, string>>> {
  const dropped = await confirmed(
    system.edge,
    operations({ op: 'dropField', model: 'movie', field: 'year' }),
  );
  await ended(system.edge, dropped.body.id);
  return { ID: await trashed('year') };
}

beforeAll(async () => {
  [system, line] = await Promise.all([startSystem(), CommandLine.open()]);
  await putModel(system.edge, 'movie', {
    fields: [
      { name: 'title', type: 'text', required: true, unique: true },
      { name: 'year', type: 'integer' },
      { name: 'gross', type: 'bigint' },
    ],
  });
  await system.edge.request('POST', '/v1/main/records/movie', { title: 'Jaws', year: 1975 });
});
afterAll(() => Promise.all([system.stop(), line.close()]));

describe('the help of a command', () => {
  test.each(commands)('shows an example of $name', ({ examples }) => {
    expect(examples).not.toEqual([]);
  });

  test('shows no example that this story has forgotten', () => {
    const examples = commands.flatMap((command) => command.examples);
    expect(Object.keys(SCENES).filter((scene) => !examples.includes(scene))).toEqual([]);
  });
});

describe('an example, in the order of the help', () => {
  test.each(commands.flatMap(({ examples }) => examples))('%s', async (example) => {
    const { before, code = 0, after } = SCENES[example] ?? {};
    const words = (await before?.()) ?? {};
    const filled = Object.entries(words).reduce((text, [word, value]) => text.replace(word, value), example);
    const outcome = await line.run(filled.replaceAll('http://127.0.0.1:8787', system.edge.origin));
    expect(outcome, outcome.stderr).toMatchObject({ code });
    await after?.(outcome);
  });
});
