import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option } from '@commander-js/extra-typings';
import { serverCommand } from '../command.ts';
import { Session } from '../session.ts';
import { Stopped } from '../stopped.ts';
import type { Terminal } from '../terminal.ts';
import { TransferProgress } from '../transfer-progress.ts';

const NEWLINE = 10;

export function exportCommand(terminal: Terminal) {
  return serverCommand('export', 'write the records of a model into a file', [
    'remodel export movie -o movies.csv',
    `remodel export movie --format ndjson --filter '{"year": {"_gte": 1980}}' --sort title > recent.ndjson`,
  ])
    .argument('<model>', 'the model')
    .option('-o, --output <file>', 'the file to write; without it, the standard output')
    .addOption(
      new Option('--format <format>', 'where the name of the file does not say it').choices([
        'csv',
        'ndjson',
      ] as const),
    )
    .option('--filter <filter>', 'which records: a filter as JSON')
    .option('--sort <fields>', 'in which order: -released,title')
    .option('--select <fields>', 'which fields: title,released')
    .option('--limit <number>', 'how many records at most')
    .action(async (model, options) => {
      const session = await Session.open(terminal, options);
      const { output, filter, sort, select, limit } = options;
      if (session.isJson && output === undefined) {
        const message =
          '--json and an export without -o would both be on the standard output: give it a file';
        throw new Stopped('invalid_option', message);
      }
      const format = options.format ?? (output?.endsWith('.csv') ? 'csv' : 'ndjson');
      const wanted = { filter, sort, select, limit, format };
      const given = Object.entries(wanted).flatMap(([name, value]) =>
        value ? [[name, value] as const] : [],
      );
      const query = new URLSearchParams(Object.fromEntries(given));
      const path = `/records/${encodeURIComponent(model)}`;
      const total = await estimate(session, path, filter);
      const response = await session.server.workspace.send('GET', `${path}/export`, { query });
      const most = limit === undefined ? total : Math.min(Number(limit), total);
      const progress = new TransferProgress(terminal, `Fetching ${model}`, most);
      const rows = new Lines((count) => progress.add(count));
      const body = response.body ?? new ReadableStream<Uint8Array>();
      try {
        await writeTo(output, terminal, Readable.fromWeb(body), (chunk) => rows.see(chunk));
      } finally {
        progress.end();
      }
      if (output === undefined) return;
      session.report({ model, file: output, format, bytes: rows.bytes }, () => {
        return `Wrote ${output}: ${rows.bytes.toLocaleString('en')} bytes.`;
      });
    });
}

/** About how many records there will be. A page of the list has the rest of the filter's errors as well. */
async function estimate({ server }: Session, path: string, filter: string | undefined): Promise<number> {
  const query = new URLSearchParams({ limit: '1', count: 'estimated', ...(filter ? { filter } : {}) });
  const { page } = await server.workspace.json<{ page: { total: number } }>('GET', path, { query });
  return page.total;
}

/** Lines that went by: those of records, or a few more where texts of a CSV file have lines of their own. */
class Lines {
  readonly #add: (count: number) => void;
  bytes = 0;

  constructor(add: (count: number) => void) {
    this.#add = add;
  }

  see(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    let lines = 0;
    for (const byte of chunk) if (byte === NEWLINE) lines += 1;
    this.#add(lines);
  }
}

/** A file gets its name when it is whole. */
async function writeTo(
  file: string | undefined,
  terminal: Terminal,
  source: Readable,
  see: (chunk: Uint8Array) => void,
): Promise<void> {
  const seen = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      see(chunk);
      yield chunk;
    }
  };
  const part = `${file}.part`;
  try {
    if (file === undefined) return await pipeline(source, seen, terminal.output, { end: false });
    await pipeline(source, seen, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    if (file !== undefined) await rm(part, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stopped('broken_off', `the export broke off, and is not whole: ${reason}`, error);
  }
}
