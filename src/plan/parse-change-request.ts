import { isName, isSystemField, NAME_RULE } from '../definition/identifiers.ts';
import { pointer } from '../definition/json-pointer.ts';
import { type ParseResult, parseDefinition, parseField, parseIndex } from '../definition/parse-definition.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ChangeRequest, Operation } from './change-request.ts';
import { parseConversions } from './parse-conversions.ts';

const MAX_ENTRIES = 1000;
const MEMBERS = new Set(['models', 'prune', 'operations', 'answers', 'backfill', 'confirm', 'conversions']);

/** What `infer` answers beside its models: its answer may be sent as it is. */
const IGNORED = new Set(['columns', 'reasons']);

type Members = Readonly<Record<string, unknown>>;

/** Reads the body of a change or a plan. Throws `validation_failed` with every finding. */
export function parseChangeRequest(body: unknown): ChangeRequest {
  const parsed = new RequestParser().parse(body);
  if (parsed.ok) return parsed.value;
  const [first] = parsed.errors;
  const code = parsed.errors.every((error) => error.code === 'not_supported')
    ? 'not_supported'
    : 'validation_failed';
  throw new Failure(
    code,
    first ? `${first.path || 'the body'}: ${first.message}` : 'the request is not valid',
    {
      errors: parsed.errors,
    },
  );
}

class RequestParser {
  readonly #findings: Finding[] = [];

  parse(body: unknown): ParseResult<ChangeRequest> {
    if (!isObject(body)) {
      this.#find('', 'invalid_property', 'send a JSON object with `models` or `operations`');
      return { ok: false, errors: this.#findings };
    }
    for (const name of Object.keys(body)) {
      if (!MEMBERS.has(name) && !IGNORED.has(name))
        this.#find(
          pointer('', name),
          'unknown_property',
          `leave it out; known are ${[...MEMBERS].join(', ')}`,
        );
    }
    if ((body['models'] === undefined) === (body['operations'] === undefined)) {
      this.#find('', 'required_property', 'send either `models` or `operations`');
    }
    const value: ChangeRequest = {
      ...this.#given('models', this.#list(body, 'models', parseDefinition)),
      ...this.#given('operations', this.#list(body, 'operations', parseOperation)),
      ...this.#given('prune', this.#boolean(body, 'prune')),
      ...this.#given('answers', this.#answers(body)),
      ...this.#given('backfill', this.#object(body, 'backfill')),
      ...this.#given('conversions', parseConversions(body['conversions'], this.#findings)),
      ...this.#given('confirm', this.#text(body, 'confirm')),
    };
    this.#findAccompanied(value.operations ?? []);
    return this.#findings.length === 0 ? { ok: true, value } : { ok: false, errors: this.#findings };
  }

  /** Other steps name tables and columns, which would be others half way. */
  #findAccompanied(operations: readonly Operation[]): void {
    const aligning = operations.findIndex(({ op }) => op === 'alignNames');
    if (aligning < 0 || operations.every(({ op }) => op === 'alignNames')) return;
    const message = 'alignNames goes with no other operation: send the others as a change of their own';
    this.#find(`/operations/${aligning}/op`, 'not_alone', message);
  }

  #given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
    return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
  }

  #list<T>(body: Members, name: string, parse: (value: unknown, path: string) => ParseResult<T>) {
    const list = body[name];
    if (list === undefined) return undefined;
    if (!Array.isArray(list) || list.length > MAX_ENTRIES) {
      this.#find(pointer('', name), 'invalid_property', `must be an array of at most ${MAX_ENTRIES}`);
      return undefined;
    }
    return list.flatMap((entry, n) => {
      const parsed = parse(entry, `/${name}/${n}`);
      if (parsed.ok) return [parsed.value];
      this.#findings.push(...parsed.errors);
      return [];
    });
  }

  #boolean(body: Members, name: string): boolean | undefined {
    const value = body[name];
    if (value === undefined || typeof value === 'boolean') return value;
    this.#find(pointer('', name), 'invalid_property', 'must be true or false');
    return undefined;
  }

  #text(body: Members, name: string): string | undefined {
    const value = body[name];
    if (value === undefined || typeof value === 'string') return value;
    this.#find(pointer('', name), 'invalid_property', 'must be a string');
    return undefined;
  }

  #object(body: Members, name: string): Members | undefined {
    const value = body[name];
    if (value === undefined || isObject(value)) return value;
    this.#find(pointer('', name), 'invalid_property', 'must be an object');
    return undefined;
  }

  #answers(body: Members): Readonly<Record<string, boolean>> | undefined {
    const answers = this.#object(body, 'answers');
    if (!answers) return undefined;
    const read: Record<string, boolean> = {};
    for (const [id, answer] of Object.entries(answers)) {
      if (typeof answer === 'boolean') read[id] = answer;
      else this.#find(pointer('/answers', id), 'invalid_property', 'must be true or false');
    }
    return read;
  }

  #find(path: string, code: string, message: string): void {
    this.#findings.push({ path, code, message });
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What each operation takes besides `op`: texts are names. */
const SHAPES: Readonly<Record<Operation['op'], readonly string[]>> = {
  createModel: ['definition'],
  renameModel: ['from', 'to'],
  dropModel: ['model'],
  addField: ['model', 'field'],
  renameField: ['model', 'from', 'to'],
  alterField: ['model', 'field', 'set'],
  dropField: ['model', 'field'],
  addIndex: ['model', 'fields', 'unique', 'kind', 'where'],
  dropIndex: ['model', 'fields', 'unique', 'kind', 'where'],
  addUnique: ['model', 'fields', 'where'],
  dropUnique: ['model', 'fields', 'where'],
  changeKey: ['model', 'key', 'generate'],
  alignNames: ['model'],
};

function isOperationName(value: unknown): value is Operation['op'] {
  return typeof value === 'string' && Object.hasOwn(SHAPES, value);
}

/** Reads one operation. */
function parseOperation(value: unknown, path: string): ParseResult<Operation> {
  const failed = (at: string, code: string, message: string) =>
    ({ ok: false, errors: [{ path: at, code, message }] }) as const;
  if (!isObject(value)) return failed(path, 'invalid_property', 'must be an object with `op`');
  const given = withAliases(value);
  const { op } = given;
  if (!isOperationName(op)) {
    return failed(
      pointer(path, 'op'),
      'unknown_operation',
      `must be one of ${Object.keys(SHAPES).join(', ')}`,
    );
  }
  const shape = SHAPES[op];
  const errors: Finding[] = [];
  for (const member of Object.keys(given)) {
    if (member !== 'op' && !shape.includes(member))
      errors.push({
        path: pointer(path, member),
        code: 'unknown_property',
        message: `leave it out; ${op} takes ${shape.join(', ')}`,
      });
  }
  const name = (member: string): string => {
    const text = given[member];
    if (typeof text === 'string' && isName(text)) return text;
    errors.push({
      path: pointer(path, member),
      code: text === undefined ? 'required_property' : 'invalid_name',
      message: `must be a name: ${NAME_RULE}`,
    });
    return '';
  };
  const newFieldName = (member: string): string => {
    const text = name(member);
    if (isSystemField(text))
      errors.push({
        path: pointer(path, member),
        code: 'reserved_name',
        message: `${text} is a field of the system; take another name`,
      });
    return text;
  };
  const parsed = <T>(result: ParseResult<T>): T | undefined => {
    if (result.ok) return result.value;
    errors.push(...result.errors);
    return undefined;
  };
  const changeKey = (): Operation | undefined => {
    const { key, generate } = given;
    const isKey = key === 'uuid' || key === 'bigint' || key === 'text';
    if (!isKey) {
      const message = 'must be one of uuid, bigint, text';
      errors.push({ path: pointer(path, 'key'), code: 'invalid_property', message });
    }
    if (generate !== undefined && typeof generate !== 'boolean') {
      const message = 'must be true or false';
      errors.push({ path: pointer(path, 'generate'), code: 'invalid_property', message });
    }
    if (!isKey) return undefined;
    return { op: 'changeKey', model: name('model'), key, generate: generate === true };
  };
  const operation = ((): Operation | undefined => {
    switch (op) {
      case 'createModel': {
        const definition = parsed(parseDefinition(given['definition'], pointer(path, 'definition')));
        return definition && { op, definition };
      }
      case 'renameModel':
        return { op, from: name('from'), to: name('to') };
      case 'dropModel':
        return { op, model: name('model') };
      case 'addField': {
        const field = parsed(parseField(given['field'], pointer(path, 'field')));
        return field && { op, model: name('model'), field };
      }
      case 'renameField':
        return { op, model: name('model'), from: name('from'), to: newFieldName('to') };
      case 'alterField': {
        const { set } = given;
        if (isObject(set)) return { op, model: name('model'), field: name('field'), set };
        errors.push({
          path: pointer(path, 'set'),
          code: 'required_property',
          message: 'must be an object of the properties to set; null takes one away',
        });
        return undefined;
      }
      case 'alignNames':
        return { op, model: name('model') };
      case 'dropField':
        return { op, model: name('model'), field: name('field') };
      case 'addIndex':
      case 'dropIndex':
      case 'addUnique':
      case 'dropUnique': {
        const { op: _op, model: _model, ...rest } = given;
        const index = parsed(parseIndex(rest, path));
        return index && { op, model: name('model'), index };
      }
      case 'changeKey':
        return changeKey();
    }
  })();
  return operation && errors.length === 0 ? { ok: true, value: operation } : { ok: false, errors };
}

/** `createModel` names its definition `definition` or `model`; a rename of a model says `model` or `from`. */
function withAliases(value: Members): Members {
  const { op, model, ...rest } = value;
  if (op === 'createModel') {
    if (isObject(model) && rest['definition'] === undefined) return { op, ...rest, definition: model };
    // `model` as the name, beside a definition or beside its members.
    if (typeof model === 'string' && isObject(rest['definition']))
      return { op, definition: { name: model, ...rest['definition'] } };
    if (rest['definition'] === undefined)
      return { op, definition: typeof model === 'string' ? { name: model, ...rest } : rest };
  }
  if (op === 'renameModel' && typeof model === 'string') return { op, from: model, ...rest };
  return value;
}
