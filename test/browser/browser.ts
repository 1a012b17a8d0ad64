import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ARTIFACTS = fileURLToPath(new URL('../../artifacts', import.meta.url));

/** Starts the Chromium of this machine. Throws where there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    throw new Error('These tests need Chromium: apt-get install chromium, or set CHROMIUM to its path.');
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page, and everything that went wrong in it: what scripts threw, and what the browser complains of. */
export async function openPage(
  browser: Browser,
): Promise<{ page: Page; complaints: string[]; hosts: Set<string> }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(host);
  });
  return { page, complaints, hosts };
}

/** Keeps what is seen, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}
