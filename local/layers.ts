/** `npm run layers`: fails where an import goes against the arrows between the folders. */
import { fileURLToPath } from 'node:url';
import { checkLayers } from './check-layers.ts';

const { modules, violations } = await checkLayers(fileURLToPath(new URL('..', import.meta.url)));
for (const violation of violations) console.error(violation);
console.log(`${modules} modules, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;
