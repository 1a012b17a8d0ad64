import { pointer } from '../definition/json-pointer.ts';
import { type ParseResult, parseDefinition } from '../definition/parse-definition.ts';
import { isObject } from '../definition/property-reader.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ChangeRequest, Operation } from './change-request.ts';
import type { ConflictChoice } from './conflict-choice.ts';
import { parseConversions } from './parse-conversions.ts';
import { parseOperation } from './parse-operation.ts';

const MAX_ENTRIES = 1000;
const MEMBERS = new Set([
  'models',
  'prune',
  'operations',
  'answers',
  'backfill',
  'confirm',
  'conversions',
  'conflicts',
]);

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
      ...this.#given('conflicts', this.#conflicts(body)),
      ...this.#given('confirm', this.#text(body, 'confirm')),
    };
    this.#findAccompanied(value.operations ?? []);
    this.#findRepeated(value.operations ?? []);
    return this.#findings.length === 0 ? { ok: true, value } : { ok: false, errors: this.#findings };
  }

  /** Other steps name tables and columns, which would be others half way. */
  #findAccompanied(operations: readonly Operation[]): void {
    const aligning = operations.findIndex(({ op }) => op === 'alignNames');
    if (aligning < 0 || operations.every(({ op }) => op === 'alignNames')) return;
    const message = 'alignNames goes with no other operation: send the others as a change of their own';
    this.#find(`/operations/${aligning}/op`, 'not_alone', message);
  }

  /** A difference is repaired once, and in one direction. */
  #findRepeated(operations: readonly Operation[]): void {
    const seen = new Set<string>();
    for (const [n, operation] of operations.entries()) {
      if (operation.op !== 'repair') continue;
      const { difference } = operation;
      if (seen.has(difference)) this.#find(`/operations/${n}/difference`, 'not_alone', 'is repaired already');
      seen.add(difference);
    }
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

  #conflicts(body: Members): Readonly<Record<string, ConflictChoice>> | undefined {
    const choices = this.#object(body, 'conflicts');
    if (!choices) return undefined;
    const read: Record<string, ConflictChoice> = {};
    for (const [relation, choice] of Object.entries(choices)) {
      if (choice === 'renameExisting' || choice === 'adopt') read[relation] = choice;
      else this.#find(pointer('/conflicts', relation), 'invalid_property', 'must be renameExisting or adopt');
    }
    return read;
  }

  #find(path: string, code: string, message: string): void {
    this.#findings.push({ path, code, message });
  }
}
