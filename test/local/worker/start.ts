/** What local/start.ts does, with the Worker beside this file. Arguments: port and data folder. */
import { fileURLToPath } from 'node:url';
import { runInForeground } from '../../../local/foreground.ts';

const [port, dataDir = ''] = process.argv.slice(2);

process.exitCode = await runInForeground({
  port: Number(port),
  dataDir,
  rootToken: `a "token" with 'quotes' and #`,
  variables: {
    GRACE_SECONDS: '5',
    WEBHOOK_SECRET: 'whsec_bm9ib2R5IHNlZXMgaXQ=',
    GITHUB_TOKEN: 'github_pat_seen',
  },
  config: fileURLToPath(new URL('./wrangler.toml', import.meta.url)),
}).catch((error: Error) => {
  console.error(error.message);
  return 1;
});
