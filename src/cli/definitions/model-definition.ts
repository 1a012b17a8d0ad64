/** A field as a file holds it. The server knows what its properties mean. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly renamedFrom?: string;
  readonly [property: string]: unknown;
}

/** A model as a file holds it: by names alone, for ids are those of one workspace. */
export interface ModelDefinition {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly fields: readonly FieldDefinition[];
  readonly [property: string]: unknown;
}

type Properties = Readonly<Record<string, unknown>>;

/** What an answer says beside the definition. */
const ANSWERED = new Set(['id', 'version', 'hash', 'status', 'result']);

/** A definition as a server answers it, without what is the server's own. */
export function withoutAnswered<T extends Properties>(definition: T): T {
  return filtered(definition, (name) => !ANSWERED.has(name));
}

/** A definition without what is so anyway. */
export function withoutPresets<T extends Properties>(definition: T): T {
  return filtered(definition, (name, value, owner) => !isPreset(name, value, owner));
}

const SWITCHES = new Set(['required', 'unique', 'index']);

/** Whether a property says only what is so without it. */
export function isPreset(name: string, value: unknown, owner: Properties): boolean {
  if (value === undefined) return true;
  if (SWITCHES.has(name)) return value === false;
  if (name === 'key') return value === 'uuid';
  if (name === 'indexes') return Array.isArray(value) && value.length === 0;
  if (name !== 'onDelete') return false;
  return value === (owner['type'] === 'references' ? 'cascade' : 'restrict');
}

type Keeps = (name: string, value: unknown, owner: Properties) => boolean;

/** A definition with the properties that are kept, of the model, of its fields and of its indexes. */
function filtered<T extends Properties>(one: T, keeps: Keeps): T {
  const kept = { ...one };
  for (const [name, value] of Object.entries(one)) {
    if (!keeps(name, value, one)) Reflect.deleteProperty(kept, name);
    else if (isParts(name, value)) {
      Reflect.set(
        kept,
        name,
        value.map((part) => filtered(part, keeps)),
      );
    }
  }
  return kept;
}

/** The fields of an index are names; lists elsewhere are values. */
function isParts(name: string, value: unknown): value is readonly Properties[] {
  const isList = (name === 'fields' || name === 'indexes') && Array.isArray(value);
  return isList && value.every((part) => typeof part === 'object' && part !== null);
}

/** What a person looks for first stands first; servers answer in the order of the alphabet. */
const READING_ORDER = [
  'name',
  'renamedFrom',
  'label',
  'key',
  'fields',
  'indexes',
  'type',
  'to',
  'onDelete',
  'options',
  'expression',
  'precision',
  'scale',
  'dimensions',
  'required',
  'unique',
  'index',
  'default',
];

/** The properties of a definition in the order in which people read them, without what is so anyway. */
export function readable<T extends Properties>(definition: T): Properties {
  const place = (name: string) => {
    const at = READING_ORDER.indexOf(name);
    return at < 0 ? READING_ORDER.length : at;
  };
  const entries = Object.entries(withoutPresets(definition)).map(
    ([name, value]) => [name, readableValue(name, value)] as const,
  );
  return Object.fromEntries(entries.sort(([one], [other]) => place(one) - place(other)));
}

/** The same of one property. */
export function readableValue(name: string, value: unknown): unknown {
  return isParts(name, value) ? value.map(readable) : value;
}
