import { access, writeFile } from 'node:fs/promises';
import { Option } from '@commander-js/extra-typings';
import { plainCommand } from '../command.ts';
import { findConfig, isServerUrl } from '../config.ts';
import { Stopped } from '../stopped.ts';
import type { Terminal } from '../terminal.ts';

export function initCommand(terminal: Terminal) {
  return plainCommand('init', 'write the configuration file of this folder', [
    'remodel init --url http://127.0.0.1:8787',
    'remodel init --url https://api.example.org --workspace main --format json --force',
  ])
    .option('--url <url>', 'the server', 'http://127.0.0.1:8787')
    .option('-w, --workspace <slug>', 'the workspace', 'main')
    .option('--folder <folder>', 'where the definition files are', 'definitions')
    .addOption(
      new Option('--format <format>', 'of this file, and of new definition files')
        .choices(['yaml', 'json'] as const)
        .default('yaml' as const),
    )
    .option('--force', 'write over a file that is there')
    .action(async ({ url, workspace, folder, format, force, json }) => {
      if (!isServerUrl(url)) {
        throw new Stopped('invalid_url', `${url} is not the address of a server: https://api.example.org`);
      }
      const path = `remodel.${format}`;
      const there = await findConfig('.');
      if (there !== null && !(force && there === path)) {
        const what = there === path ? '--force writes over it' : 'remove it first';
        throw new Stopped('config_exists', `there is ${there} already: ${what}`);
      }
      const config = { url, workspace, folder, format };
      await writeFile(path, format === 'json' ? `${JSON.stringify(config, null, 2)}\n` : asYaml(config));
      const report = { file: path, ...config, tokenVariable: 'REMODEL_TOKEN' };
      if (json) terminal.print(JSON.stringify(report, null, 2));
      else terminal.print(await nextSteps(path, folder, terminal));
    });
}

/** With the words that a person who meets the file needs. */
function asYaml(config: Readonly<Record<'url' | 'workspace' | 'folder' | 'format', string>>): string {
  return [
    '# For `remodel`. The token is read from the environment variable REMODEL_TOKEN: it never stands here.',
    ...Object.entries(config).map(([name, value]) => `${name}: ${value}`),
    '# Other workspaces and servers, for `diff`, `promote` and --target:',
    '# targets:',
    '#   staging: {workspace: staging}',
    '#   production: {url: https://api.example.org, workspace: main, tokenVariable: PRODUCTION_TOKEN}',
    '',
  ].join('\n');
}

async function nextSteps(path: string, folder: string, { environment, colors }: Terminal): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  const token = environment['REMODEL_TOKEN']
    ? 'The token is read from REMODEL_TOKEN, which is set.'
    : 'Put the token into the environment variable REMODEL_TOKEN, never into a file.';
  return [
    `Wrote ${path}. ${token}`,
    `  ${colors.bold('remodel pull')}    writes the models of the server into ${folder}/`,
    isThere
      ? `  ${colors.bold('remodel plan')}    shows what the files in ${folder}/ would change`
      : `  ${colors.bold('remodel status')}  shows what is there`,
  ].join('\n');
}
