/** `npm start`: the whole system on this machine. Settings come from the environment. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInForeground } from './foreground.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const PASSED_ON = [
  'WEBHOOK_SECRET',
  'GITHUB_WEBHOOK_SECRET',
  'GITHUB_TOKEN',
  'GITHUB_API_URL',
  'GITHUB_BRANCH',
  'GITHUB_FOLDER',
  'GITHUB_PRUNE',
  'WEBHOOK_RETRY_SECONDS',
  'WEBHOOK_PAUSE_AFTER',
  'WEBHOOK_POLL_SECONDS',
  'DNS_RESOLVER_URL',
  'HASH_TTL_MS',
  'TRASH_RETENTION_DAYS',
  'LOG_REQUESTS',
];
/** Short, so that the end of a change is seen soon. */
const GRACE_SECONDS = '5';

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

async function main(): Promise<number> {
  assertNode();
  const { env } = process;
  return await runInForeground({
    port: readPort(env['PORT']),
    dataDir: env['DATA_DIR'] || join(PROJECT, '.remodel'),
    rootToken: env['ROOT_TOKEN'] || 'dev-root-token',
    variables: {
      GRACE_SECONDS: env['GRACE_SECONDS'] || GRACE_SECONDS,
      // Subscribers that are being developed are on this machine as well.
      WEBHOOK_ALLOW_LOOPBACK: env['WEBHOOK_ALLOW_LOOPBACK'] || 'true',
      ...Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    },
  });
}

function readPort(text: string | undefined): number {
  const port = Number(text || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`PORT is not a port: ${text}`);
  return port;
}

function assertNode(): void {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 22)
    throw new Error(`Node 22 or newer is needed; this is ${process.version}. Run it by "npm start".`);
}
