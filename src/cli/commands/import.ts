import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Option } from '@commander-js/extra-typings';
import { collect, serverCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { Session } from '../session.ts';
import { Stopped } from '../stopped.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { TransferProgress } from '../transfer-progress.ts';

interface Report {
  readonly dryRun: boolean;
  readonly inserted: number;
  readonly updated: number;
  readonly skipped: number;
  readonly ignored: readonly string[];
  readonly errorCount: number;
  readonly errors: readonly { readonly line: number; readonly path: string; readonly message: string }[];
}

const SHOWN_ERRORS = 20;

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

export function importCommand(terminal: Terminal) {
  return serverCommand('import', 'write the records of a file: CSV or NDJSON, packed by gzip or not', [
    'remodel import movie movies.csv',
    'remodel import movie movies.csv --mode upsert --on title --dry-run',
    'remodel import movie - --format ndjson --on-error skip < movies.ndjson',
  ])
    .argument('<model>', 'the model')
    .argument('<file>', 'the file; - for the standard input')
    .addOption(
      new Option('--format <format>', 'where the name of the file does not say it').choices([
        'csv',
        'ndjson',
      ] as const),
    )
    .addOption(
      new Option('--mode <mode>', 'new records, or changes of those that are there as well').choices([
        'insert',
        'upsert',
      ] as const),
    )
    .option('--on <fields>', 'of an upsert: the fields that find a record')
    .addOption(
      new Option('--on-error <what>', 'what a row that does not fit does').choices([
        'abort',
        'skip',
      ] as const),
    )
    .addOption(
      new Option('--map <column=field>', 'the field of a column that is called otherwise').argParser(collect),
    )
    .option('--dry-run', 'do it all, say what came of it, and take it back')
    .action(async (model, file, options) => {
      const session = await Session.open(terminal, options);
      const { mode, on, onError, map = [], dryRun } = options;
      const query = new URLSearchParams({
        ...(mode === undefined ? {} : { mode }),
        ...(on === undefined ? {} : { on }),
        ...(onError === undefined ? {} : { onError }),
        ...(dryRun ? { dryRun: 'true' } : {}),
        ...Object.fromEntries(map.map(readMapping)),
      });
      const progress = new TransferProgress(
        terminal,
        `Sending ${file}`,
        await sizeOf(file),
        `Sent ${file}; the server writes it.`,
      );
      const content = counted(openFile(file, terminal), progress);
      const headers = file.endsWith('.gz') ? { 'Content-Encoding': 'gzip' } : {};
      const type = TYPES[options.format ?? formatOf(file)];
      const path = `/records/${encodeURIComponent(model)}/import`;
      const call = { query, headers, file: { type, content } };
      const report = await session.server.workspace
        .json<Report>('POST', path, call)
        .finally(() => progress.end());
      if (report.errorCount > 0) terminal.exitCode = EXIT.error;
      session.report(report, () => describe(report, model, terminal));
    });
}

function readMapping(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0) return [`map[${text.slice(0, at)}]`, text.slice(at + 1)];
  throw new Stopped('invalid_option', `--map ${text}: write it as --map 'Release Date=released'`);
}

function formatOf(file: string): 'csv' | 'ndjson' {
  const name = file.replace(/\.gz$/, '');
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson';
  throw new Stopped('unknown_format', `${file}: say what it is by --format csv or --format ndjson`);
}

async function sizeOf(file: string): Promise<number | null> {
  if (file === '-') return null;
  const { size } = await stat(file).catch((error: Error) => {
    throw new Stopped('unreadable', `${file} cannot be read: ${error.message}`, error);
  });
  return size;
}

function openFile(file: string, terminal: Terminal): ReadableStream<Uint8Array> {
  return Readable.toWeb(file === '-' ? terminal.input : createReadStream(file));
}

function counted(
  content: ReadableStream<Uint8Array>,
  progress: TransferProgress,
): ReadableStream<Uint8Array> {
  return content.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        progress.add(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
}

function describe(report: Report, model: string, { columns }: Terminal): string {
  const { dryRun, inserted, updated, skipped, ignored, errorCount, errors } = report;
  const count = (n: number) => n.toLocaleString('en');
  const done = dryRun ? 'A dry run; nothing was written. It would be' : 'Written:';
  const rows = errors.slice(0, SHOWN_ERRORS).map(({ line, path, message }) => [String(line), path, message]);
  return [
    `${done} ${model}: ${count(inserted)} new, ${count(updated)} changed, ${count(skipped)} left out.`,
    ...(ignored.length === 0 ? [] : [`Passed over: ${ignored.join(', ')}.`]),
    ...(errorCount === 0 ? [] : [`${count(errorCount)} values do not fit:`]),
    ...(rows.length === 0 ? [] : [printTable(['line', 'field', 'what'], rows, columns)]),
  ].join('\n');
}
