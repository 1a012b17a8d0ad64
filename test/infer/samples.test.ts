import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => stack.stop());

const DATA = new URL('../../node_modules/vega-datasets/data/', import.meta.url);

/** Public files of many kinds, as they are. */
const FILES = [
  'airports.csv',
  'barley.json',
  'birdstrikes.csv',
  'budgets.json',
  'burtin.json',
  'cars.json',
  'co2-concentration.csv',
  'countries.json',
  'crimea.json',
  'disasters.csv',
  'driving.json',
  'flights-2k.json',
  'flights-airport.csv',
  'football.json',
  'gapminder-health-income.csv',
  'gapminder.json',
  'github.csv',
  'income.json',
  'iowa-electricity.csv',
  'jobs.json',
  'la-riots.csv',
  'londonCentroids.json',
  'lookup_groups.csv',
  'lookup_people.csv',
  'monarchs.json',
  'movies.json',
  'obesity.json',
  'ohlc.json',
  'penguins.json',
  'political-contributions.json',
  'seattle-weather.csv',
  'species.csv',
  'stocks.csv',
  'udistrict.json',
  'unemployment.tsv',
  'us-state-capitals.json',
  'weather.csv',
  'wheat.json',
  'windvectors.csv',
  'zipcodes.csv',
];

async function infer(file: string, name: string) {
  const text = await readFile(fileURLToPath(new URL(file, DATA)), 'utf8');
  const type = file.endsWith('json') ? 'application/json' : 'text/csv';
  const answer = await stack.request('POST', `/v1/main/infer?name=${name}`, text, { 'Content-Type': type });
  expect(answer.body).toMatchObject({ models: [{ name }] });
  return { text, type, inferred: answer.body };
}

/** The same rows as a file to import, and how many they are. */
function fileOf(text: string, type: string): readonly [string, string, number] {
  if (type === 'text/csv') {
    const rows = parse(text, { bom: true, delimiter: [',', '\t'], skip_empty_lines: true });
    return [text, type, rows.length - 1];
  }
  const rows: readonly unknown[] = JSON.parse(text);
  return [rows.map((row) => JSON.stringify(row)).join('\n'), 'application/x-ndjson', rows.length];
}

describe('what is inferred of a public file', () => {
  test.each(FILES)('%s is taken as a change, and takes the file', async (file) => {
    const name = `model_${file.replace(/\W/g, '_').toLowerCase()}`;
    const { text, type, inferred } = await infer(file, name);
    const changed = await stack.request('POST', '/v1/main/changes', inferred);
    expect(changed.body).toMatchObject({ models: [name] });
    await stack.deliverAll();
    const map = Object.entries<string>(inferred.columns[name] ?? {});
    const query = map.map(([column, field]) => `map[${encodeURIComponent(column)}]=${field}`).join('&');
    const [body, contentType, rows] = fileOf(text, type);
    const answer = await stack.request('POST', `/v1/main/records/${name}/import?${query}`, body, {
      'Content-Type': contentType,
    });
    expect(answer.body).toMatchObject({ inserted: rows });
    for (const { reason } of inferred.reasons) expect(reason).not.toBe('');
  });
});
