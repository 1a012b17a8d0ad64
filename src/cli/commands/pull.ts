import { serverCommand } from '../command.ts';
import { changedFiles } from '../definitions/changed-files.ts';
import type { DefinitionFile } from '../definitions/definition-file.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function pullCommand(terminal: Terminal) {
  return serverCommand('pull', 'write the models of the server into definition files', [
    'remodel pull',
    'remodel pull --prune --json',
  ])
    .option('--prune', 'remove the files of models that the server does not have')
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      const { folder, server } = session;
      const [files, published] = await Promise.all([folder.read(), server.definitions()]);
      const known = new Set(published.map(({ name }) => name));
      // A file whose rename is still to come is that of the model under its old name.
      const nameOf = ({ definition: { name, renamedFrom = name } }: DefinitionFile) =>
        known.has(name) ? name : renamedFrom;
      const byName = new Map(files.map((file) => [nameOf(file), file]));
      const extra = files.filter((file) => !known.has(nameOf(file)));
      const kept = files.filter((file) => known.has(nameOf(file)));
      const changed = await changedFiles(server, kept, published);
      const written: string[] = [];
      const created: string[] = [];
      for (const definition of published) {
        const file = byName.get(definition.name);
        if (file && !changed.has(file)) continue;
        (file ? written : created).push(await folder.write(definition, file));
      }
      if (options.prune) await Promise.all(extra.map((file) => folder.remove(file)));
      const paths = extra.map(({ path }) => path);
      const [removed, unknown] = options.prune ? [paths, []] : [[], paths];
      const unchanged = kept.length - written.length;
      session.report({ folder: folder.path, created, written, removed, unknown, unchanged }, () => {
        const { green, yellow, red, dim } = terminal.colors;
        const lines = [
          ...created.map((path) => `${green('new')}      ${path}`),
          ...written.map((path) => `${yellow('changed')}  ${path}`),
          ...removed.map((path) => `${red('removed')}  ${path}`),
          ...unknown.map((path) => `${dim('unknown')}  ${path} (not on ${server.name})`),
        ];
        const others = unchanged === 1 ? '1 file says' : `${unchanged} files say`;
        return [...lines, ...(unchanged > 0 ? [`${others} what is published already.`] : [])].join('\n');
      });
    });
}
