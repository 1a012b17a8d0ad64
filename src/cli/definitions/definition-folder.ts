import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Stopped } from '../stopped.ts';
import { newDocument, printDocument } from './definition-document.ts';
import { DefinitionFile, type FileFormat } from './definition-file.ts';
import type { ModelDefinition } from './model-definition.ts';

const DEFINITION_FILE = /\.(ya?ml|json)$/;

/** The definitions of a team: one file for each model. */
export class DefinitionFolder {
  /** As the person who ran the command would write it. */
  readonly path: string;
  readonly #format: FileFormat;
  /** The files that were read, or written since. */
  readonly #paths = new Set<string>();

  constructor(folder: string, format: FileFormat) {
    this.path = relative(process.cwd(), folder) || '.';
    this.#format = format;
  }

  /** All of its files, by the names of their models. A folder that is not there has none. */
  async read(): Promise<readonly DefinitionFile[]> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw new Stopped('unreadable', `${this.path} cannot be read: ${error.message}`, error);
      },
    );
    const paths = entries
      .filter((entry) => !entry.isDirectory() && DEFINITION_FILE.test(entry.name))
      .map((entry) => join(this.path, entry.name));
    for (const path of paths) this.#paths.add(path);
    const files = await Promise.all(
      paths.map(async (path) => DefinitionFile.parse(path, await readFile(path, 'utf8'))),
    );
    const byName = new Map<string, DefinitionFile>();
    for (const file of files) {
      const { name } = file.definition;
      const other = byName.get(name);
      if (other) {
        throw new Stopped('doubled_model', `${other.path} and ${file.path} both define ${name}: keep one`);
      }
      byName.set(name, file);
    }
    return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
  }

  /** The files, of which there has to be one at least. */
  async readSome(): Promise<readonly DefinitionFile[]> {
    const files = await this.read();
    if (files.length > 0) return files;
    const message = `there is no definition in ${this.path}: \`remodel pull\` fetches those of the server`;
    throw new Stopped('no_definitions', message);
  }

  /** Writes a definition into its file, or into a new one, which takes no other's place; answers the path. */
  async write(definition: ModelDefinition, file: DefinitionFile | undefined): Promise<string> {
    const path = file?.path ?? this.#freePath(definition.name);
    this.#paths.add(path);
    const text = file?.updated(definition) ?? printDocument(newDocument(definition), this.#format);
    await mkdir(this.path, { recursive: true });
    await writeFile(path, text);
    return path;
  }

  #freePath(name: string): string {
    for (let n = 1; ; n++) {
      const path = join(this.path, `${name}${n === 1 ? '' : `-${n}`}.${this.#format}`);
      if (!this.#paths.has(path)) return path;
    }
  }

  async remove(file: DefinitionFile): Promise<void> {
    await rm(file.path);
  }
}
