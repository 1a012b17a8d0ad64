/** A setting that cannot be read. */
export class UnreadableSetting extends Error {}

/** Where the system answers, and with which token. */
export interface Settings {
  /** One address for each isolate. */
  readonly urls: readonly string[];
  readonly token: string;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const urls = (env['REMODEL_URLS'] || 'http://127.0.0.1:8787')
    .split(',')
    .map((url) => url.trim().replace(/\/+$/, ''))
    .filter((url) => url !== '');
  const unreadable = urls.find((url) => !URL.canParse(url));
  if (unreadable !== undefined || urls.length === 0) {
    throw new UnreadableSetting(
      `REMODEL_URLS must be addresses, separated by commas; ${unreadable ?? 'it names none'}.`,
    );
  }
  return { urls, token: env['ROOT_TOKEN'] || 'dev-root-token' };
}
