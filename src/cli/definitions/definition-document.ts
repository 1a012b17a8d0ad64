import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  isPreset,
  type ModelDefinition,
  readable,
  readableValue,
  withoutPresets,
} from './model-definition.ts';

/** As wide as a line may be before it is a bad one to review. */
const WIDTH = 100;

/** The text of a new file. */
export function newDocument(definition: ModelDefinition): Document {
  const document = new Document();
  document.contents = createdNode(document, readable(definition));
  return document;
}

export function printDocument(document: Document, format: 'yaml' | 'json'): string {
  return format === 'json'
    ? `${JSON.stringify(document.toJS(), null, 2)}\n`
    : document.toString({ lineWidth: WIDTH, flowCollectionPadding: false });
}

/** Makes a document say what a definition does. What it says already stays as it was written. */
export function updateDocument(document: Document, definition: ModelDefinition): void {
  if (!isMap(document.contents)) throw new TypeError('a file of a definition is a map');
  updateMap(document, document.contents, { ...definition });
}

type Properties = Readonly<Record<string, unknown>>;

function updateMap(document: Document, map: YAMLMap, wanted: Properties): YAMLMap {
  const before: Properties = map.toJS(document);
  for (const [name, value] of Object.entries(before)) {
    if (Object.hasOwn(wanted, name))
      map.set(name, updated(document, map.get(name, true), name, wanted[name]));
    // A note of a rename stays until a person takes it away: other workspaces may still need it.
    else if (name !== 'renamedFrom' && !isPreset(name, value, before)) map.delete(name);
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(before, name) && !isPreset(name, value, wanted)) {
      map.set(name, created(document, name, value));
    }
  }
  return map;
}

/** What is a value as a whole, such as a default, is exchanged as a whole. */
function updated(document: Document, node: unknown, name: string, value: unknown): unknown {
  const before: unknown = isNode(node) ? node.toJS(document) : undefined;
  if (isDeepStrictEqual(before, value)) return node;
  if (isSeq(node) && Array.isArray(value) && name !== 'default')
    return updateSeq(document, node, name, value);
  if (!isScalar(node) || typeof value === 'object') return created(document, name, value);
  return rewritten(node, value);
}

/** A scalar of another value, with its comments and quotes. A tag or a block may not fit what is there now. */
function rewritten(scalar: Scalar, value: unknown): Scalar {
  scalar.value = value;
  delete scalar.tag;
  if (scalar.type === Scalar.BLOCK_FOLDED || scalar.type === Scalar.BLOCK_LITERAL) delete scalar.type;
  return scalar;
}

/** Entries with names are found by them, others by being the same. */
function updateSeq(document: Document, seq: YAMLSeq, name: string, wanted: readonly unknown[]): YAMLSeq {
  const left = [...seq.items];
  seq.items = wanted.map((value) => {
    const at = left.findIndex((item) => isSame(isNode(item) ? item.toJS(document) : item, value));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (isMap(found) && isProperties(value)) return updateMap(document, found, value);
    return found ?? createdEntry(document, name, value);
  });
  return seq;
}

function isSame(before: unknown, value: unknown): boolean {
  if (!isProperties(before) || !isProperties(value)) return isDeepStrictEqual(before, value);
  if (before['name'] !== undefined) return before['name'] === value['name'];
  return isDeepStrictEqual(withoutPresets(before), withoutPresets(value));
}

function createdEntry(document: Document, name: string, value: unknown): unknown {
  const list = created(document, name, [value]);
  return isSeq(list) ? list.items[0] : undefined;
}

/** The node of a property that was not there. */
function created(document: Document, name: string, value: unknown): Node {
  return createdNode(document, readableValue(name, value));
}

function createdNode(document: Document, value: unknown): Node {
  const node: Node = document.createNode(value, { aliasDuplicateObjects: false });
  visit(node, {
    // `[director, title]` reads better on one line than on two.
    Seq(_, seq) {
      const isShort = JSON.stringify(seq.toJSON()).length < WIDTH - 20;
      if (isShort && seq.items.every(isScalar)) seq.flow = true;
    },
  });
  return node;
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
