import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import { Fuzzer } from './fuzz.ts';
import { MODELS } from './models.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 500);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261121);
const HOUR = 3_600_000;

/** All of it, for people: the failure of the test shows the beginning. */
const REPORT = new URL('../../artifacts/fuzz.json', import.meta.url);

let system: System;

beforeAll(async () => {
  system = await startSystem();
  const made = await change(system.edge, { models: MODELS });
  expect(made.body.error).toBeUndefined();
});
afterAll(() => system.stop());

describe('requests that are made of the OpenAPI document', () => {
  test(`are answered as it says: ${REQUESTS} with the seed ${SEED}`, { timeout: HOUR }, async () => {
    const { oddities, counts } = await new Fuzzer(system.edge.origin, 'main').run(REQUESTS, SEED);
    const report = { seed: SEED, oddities, counts: Object.fromEntries([...counts].sort()) };
    await mkdir(new URL('.', REPORT), { recursive: true });
    await writeFile(REPORT, JSON.stringify(report, null, 2));
    expect(oddities.slice(0, 10)).toEqual([]);
    expect(counts.size).toBeGreaterThan(100);
  });
});
