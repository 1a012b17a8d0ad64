/** `npm run example:front-end`: a page over the API, by the client. */
import { readSettings } from '../settings.ts';
import { startFrontEnd } from './front-end.ts';

const { urls, token } = readSettings(process.env);
const port = Number(process.env['PORT'] || 8788);
const { url } = await startFrontEnd({ api: urls[0] ?? '', token, port });
console.log(`The front end is at ${url}. Ctrl-C stops it.`);
