import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FrontEnd, startFrontEnd } from '../../examples/front-end/front-end.ts';
import { type Development, startDevelopment } from '../../local/development.ts';
import { freePort } from '../../local/free-port.ts';
import { keepScreenshot, openPage, startBrowser } from './browser.ts';

const TOKEN = 'browser-root-token';

let folder: string;
let browser: Browser;
let system: Development;
let frontEnd: FrontEnd;

beforeAll(async () => {
  browser = await startBrowser();
  folder = await mkdtemp(join(tmpdir(), 'remodel-browser-'));
  system = await startDevelopment({
    port: await freePort(),
    dataDir: folder,
    rootToken: TOKEN,
    variables: { GRACE_SECONDS: '1' },
    onLine: () => undefined,
  });
  frontEnd = await startFrontEnd({ api: system.url, token: TOKEN, port: 0 });
});
afterAll(async () => {
  await frontEnd?.stop();
  await system?.stop();
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the page over the OpenAPI document', () => {
  test('shows nothing of a workspace without the token, be there one or not', async () => {
    const [known, unknown] = await Promise.all(
      ['cinema', 'nowhere'].map((slug) => fetch(`${system.url}/v1/${slug}/docs`)),
    );
    expect([known?.status, unknown?.status]).toEqual([200, 200]);
    expect(await known?.text()).toBe(await unknown?.text());
  });

  test('says why a token is refused', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${system.url}/v1/cinema/docs`);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('this token is not valid').waitFor();
    await keepScreenshot(page, 'docs-refused');
    await page.close();
  });

  test('shows the models of the moment, and tries a request out, with no other host', async () => {
    const { page, complaints, hosts } = await openPage(browser);
    await page.goto(`${system.url}/v1/cinema/docs`);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('Records of Movie.').waitFor();
    await keepScreenshot(page, 'docs');
    await page.locator('#operations-tag-movie').click();
    await page.locator('.opblock-get .opblock-summary-control').first().click();

    await page.getByRole('button', { name: 'Try it out' }).click();
    const answer = page.waitForResponse((response) => response.url().includes('/v1/cinema/records/movie'));
    await page.getByRole('button', { name: 'Execute' }).click();
    expect(await (await answer).text()).toContain('"data":[{');
    await page.locator('.live-responses-table').waitFor();
    await page.locator('.live-responses-table').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'docs-tried');
    expect([...hosts]).toEqual([new URL(system.url).host]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('the example of a front end', () => {
  test('lists, sorts, filters, creates and edits by the client', async () => {
    const { page, complaints, hosts } = await openPage(browser);
    const titles = () => page.locator('#rows tr td:first-child').allTextContents();
    await page.goto(frontEnd.url);
    await page.getByText('15 movies').waitFor();
    expect((await titles()).slice(0, 2)).toEqual(['Avatar', 'Titanic']);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByText('My Neighbor Totoro').waitFor();
    expect(await titles()).toHaveLength(15);
    await keepScreenshot(page, 'front-end');

    await page.getByLabel('Title or director contains').fill('scott');
    await page.getByText('3 movies').waitFor();
    await page.getByRole('button', { name: 'Year' }).click();
    await expect.poll(titles).toEqual(['Alien', 'Blade Runner', 'Gladiator']);

    await page.getByRole('button', { name: 'Add a movie' }).click();
    await page.getByLabel('Title', { exact: true }).fill('The Martian');
    await page.getByLabel('Year', { exact: true }).fill('1');
    await page.locator('dialog [name=director]').selectOption({ label: 'Ridley Scott' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('year must be at least 1888').waitFor();
    await keepScreenshot(page, 'front-end-refused');
    await page.getByLabel('Year', { exact: true }).fill('2015');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('4 movies').waitFor();

    await page.getByRole('button', { name: 'Edit The Martian' }).click();
    await page.locator('dialog [name=rating]').selectOption('PG-13');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /The Martian.*PG-13/ }).waitFor();
    expect([...hosts]).toEqual([new URL(frontEnd.url).host]);
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
    await page.close();
  });
});
