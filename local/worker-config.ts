import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, type TomlTable } from 'smol-toml';

/**
 * A wrangler file for this machine, as JSON: like another, wherever it is put, and with these settings. Of a file with
 * settings wrangler reads those only whose names stand here, which for a deployment are those that it cannot do without.
 */
export async function workerConfig(path: string, settings: readonly string[]): Promise<string> {
  const { main, assets, build, ...config } = parse(await readFile(path, 'utf8'));
  const absolute = (name: unknown) => resolve(dirname(path), String(name));
  return JSON.stringify({
    ...config,
    main: absolute(main),
    ...(isTable(assets) ? { assets: { ...assets, directory: absolute(assets['directory']) } } : {}),
    ...(isTable(build) ? { build: { ...build, watch_dir: absolute(build['watch_dir']) } } : {}),
    secrets: { required: settings },
  });
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
