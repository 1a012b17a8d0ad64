import { Hono } from 'hono';
import { listModels } from '../../catalog/model-list.ts';
import { fitName } from '../../definition/fit-names.ts';
import { parseLossless } from '../../definition/values/lossless-json.ts';
import { Failure } from '../../failure.ts';
import { type Holding, type Referring, referringColumns } from '../../infer/guess-references.ts';
import { inferModels } from '../../infer/infer-models.ts';
import { type Sample, sampleOfCells, samplesOfJson } from '../../infer/sample.ts';
import { heldKeys } from '../../records/held-keys.ts';
import { fileFailure } from '../../records/import/import-failure.ts';
import { assertKnown } from '../../records/list-query.ts';
import { readCsv } from '../../tabular/csv-rows.ts';
import { FileError } from '../../tabular/file-error.ts';
import { readLines } from '../../tabular/json-lines.ts';
import { MAX_BODY_BYTES, readJson } from '../body.ts';
import { partsOf } from '../body-parts.ts';
import type { EdgeEnv } from '../edge.ts';
import { queryOf, type RecordContext } from '../records/record-request.ts';
import { formatOfBody } from '../records/transfer-format.ts';

/** More models are not looked into: those that columns are called after come first. */
const MAX_MODELS = 50;
const FORMATS = ['csv', 'ndjson', 'json'] as const;

/** Definitions that would take a sample, with the reason for each guess. Changes nothing. */
export const infer = new Hono<EdgeEnv>().post('/', async (c) => {
  const params = queryOf(c);
  assertKnown(params, ['format', 'name'], []);
  const samples = await readSamples(c, params);
  const referring = referringColumns(samples);
  return c.json(inferModels(samples, await findHoldings(c, referring)));
});

async function readSamples(c: RecordContext, params: URLSearchParams): Promise<readonly Sample[]> {
  const format = formatOfBody(c, params, FORMATS);
  const name = params.get('name') || 'record';
  if (format === 'json') return samplesOfJson(name, (await readJson(c, parseLossless)).value);
  try {
    if (format === 'csv') {
      const rows = await gather(readCsv(limited(c)));
      if (rows.length === 0)
        throw new Failure('invalid_file', 'the file is empty: a CSV file begins with names');
      return [
        sampleOfCells(
          name,
          rows.map(({ cells }) => cells),
        ),
      ];
    }
    const lines = await gather(readLines(limited(c)));
    if (lines.length === 0)
      throw new Failure('invalid_file', 'the file is empty: send a JSON object on each line');
    return samplesOfJson(name, lines.map(parseLine));
  } catch (error) {
    throw error instanceof FileError ? fileFailure(error) : error;
  }
}

function parseLine({ line, text }: { readonly line: number; readonly text: string }): unknown {
  try {
    return parseLossless(text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new FileError('invalid_json', line, 'is no JSON', error);
  }
}

async function gather<T>(some: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const one of some) all.push(...one);
  return all;
}

/** The beginning of a file is a sample as good. */
async function* limited(c: RecordContext): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const part of partsOf(c)) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new Failure('body_too_large', `a sample may have ${MAX_BODY_BYTES} bytes: send the first lines`);
    }
    yield part;
  }
}

/** The published models whose keys hold all that a column has. */
async function findHoldings(c: RecordContext, referring: readonly Referring[]): Promise<readonly Holding[]> {
  const { database, registry } = c.env.edge;
  const workspace = c.req.param('ws') ?? '';
  const listed = await listModels(database, workspace);
  // Which keys there are is for those who may read records.
  const mayRead = c.get('key')?.grant?.scopes.includes('records:read') ?? true;
  if (referring.length === 0 || !mayRead) return [];
  const called = referring.map(({ column }) => fitName(column.name));
  const isCalled = (name: string) => called.some((column) => column.includes(name.slice(0, -1)));
  const names = listed.map(({ name }) => name);
  const asked = [...names.filter(isCalled), ...names.filter((name) => !isCalled(name))].slice(0, MAX_MODELS);
  const models = asked.length === 0 ? [] : await registry.getAll(workspace, asked);
  const sets = referring.map(({ values }) => values);
  const holdings = await Promise.all(
    models.map(async (model) => {
      const held = await heldKeys(database, model, sets);
      return referring
        .filter((_, n) => held[n])
        .map(({ column }) => ({ column, model: model.definition.name }));
    }),
  );
  return holdings.flat();
}
