import { type Document, LineCounter, parseDocument } from 'yaml';
import { Stopped } from '../stopped.ts';
import { printDocument, updateDocument } from './definition-document.ts';
import type { ModelDefinition } from './model-definition.ts';

export type FileFormat = 'yaml' | 'json';

/** One definition in one file. JSON is read as the YAML that it is, so that both know their lines. */
export class DefinitionFile {
  /** As the person who ran the command would write it. */
  readonly path: string;
  readonly definition: ModelDefinition;
  readonly #document: Document;
  readonly #lines: LineCounter;

  private constructor(path: string, definition: ModelDefinition, document: Document, lines: LineCounter) {
    this.path = path;
    this.definition = definition;
    this.#document = document;
    this.#lines = lines;
  }

  static parse(path: string, text: string): DefinitionFile {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const [error] = document.errors;
    if (error) {
      const [place] = error.linePos ?? [];
      const message = error.message.split('\n', 1)[0]?.replace(/ at line .*$/, '');
      throw new Stopped('invalid_file', `${path}${place ? `:${place.line}` : ''}: ${message}`, error);
    }
    const value = readValue(path, document);
    if (!isDefinition(value)) {
      const message = `${path}: is no definition: it needs a \`name\`, and \`fields\` with a name and a type each`;
      throw new Stopped('invalid_file', message);
    }
    return new DefinitionFile(path, value, document, lines);
  }

  /** The line of what a path leads to, such as `['fields', 2, 'type']`, or of the nearest that is there. */
  lineOf(path: readonly (string | number)[]): number | null {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
      if (Array.isArray(range)) return this.#lines.linePos(range[0]).line;
    }
    return null;
  }

  /** The text of the file once it says what the definition does: comments, order and style stay. */
  updated(definition: ModelDefinition): string {
    updateDocument(this.#document, definition);
    return printDocument(this.#document, formatOf(this.path));
  }
}

function readValue(path: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias of nothing, or of too much.
    if (!(error instanceof ReferenceError)) throw error;
    throw new Stopped('invalid_file', `${path}: ${error.message}`, error);
  }
}

/** What the name of a file says of its format. */
function formatOf(path: string): FileFormat {
  return path.endsWith('.json') ? 'json' : 'yaml';
}

function isDefinition(value: unknown): value is ModelDefinition {
  return isNamed(value) && 'fields' in value && Array.isArray(value.fields) && value.fields.every(isField);
}

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

function isField(value: unknown): boolean {
  return isNamed(value) && 'type' in value && typeof value.type === 'string';
}
