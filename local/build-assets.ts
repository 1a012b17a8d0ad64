/** Makes `dist/assets`: what browsers get beside the Worker, which `wrangler.toml` names. Run by wrangler itself. */
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const COPIED = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png', 'LICENSE', 'NOTICE'];

const folder = join(PROJECT, 'dist/assets/docs');
await mkdir(folder, { recursive: true });
await Promise.all(COPIED.map((name) => copyFile(join(SWAGGER_UI, name), join(folder, name))));
await build({
  entryPoints: ['page.ts', 'page.css'].map((name) => join(PROJECT, 'pages/docs', name)),
  outdir: folder,
  bundle: true,
  minify: true,
  target: 'es2022',
  format: 'iife',
});
