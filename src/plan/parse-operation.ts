import { isName, isSystemField, isUuid, NAME_RULE } from '../definition/identifiers.ts';
import { pointer } from '../definition/json-pointer.ts';
import { type ParseResult, parseDefinition, parseField, parseIndex } from '../definition/parse-definition.ts';
import { isObject } from '../definition/property-reader.ts';
import type { Finding } from '../failure.ts';
import type { Operation } from './change-request.ts';

type Members = Readonly<Record<string, unknown>>;

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
  restore: ['trash', 'as'],
  rollbackModel: ['model', 'to'],
  adopt: ['table', 'schema', 'as'],
  repair: ['difference', 'keep'],
};

function isOperationName(value: unknown): value is Operation['op'] {
  return typeof value === 'string' && Object.hasOwn(SHAPES, value);
}

/** Reads one operation. `path` begins each finding's. */
export function parseOperation(value: unknown, path: string): ParseResult<Operation> {
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
  const restore = (): Operation => {
    const { trash, as } = given;
    const isId = typeof trash === 'string' && isUuid(trash);
    if (!isId) {
      const message = 'must be the id of what lies in the trash';
      errors.push({ path: pointer(path, 'trash'), code: 'invalid_property', message });
    }
    return {
      op: 'restore',
      trash: isId ? trash.toLowerCase() : '',
      ...(as === undefined ? {} : { as: newFieldName('as') }),
    };
  };
  const rollback = (): Operation => {
    const { to } = given;
    const isVersion = typeof to === 'number' && Number.isInteger(to) && to >= 1 && to < 2 ** 31;
    if (!isVersion) {
      const message = 'must be the number of a version';
      errors.push({ path: pointer(path, 'to'), code: 'invalid_property', message });
    }
    return { op: 'rollbackModel', model: name('model'), to: isVersion ? to : 0 };
  };
  const adopt = (): Operation | undefined => {
    const { table, schema, as } = given;
    const isOne = (table === undefined) !== (schema === undefined);
    const [member, value] = table === undefined ? (['schema', schema] as const) : (['table', table] as const);
    const isNamed =
      typeof value === 'string' && (member === 'schema' ? value !== '' : /^[^.]+\../.test(value));
    if (!isOne || !isNamed || value.includes('\0')) {
      const message = 'name a `table`, as SCHEMA.TABLE, or else a `schema`';
      errors.push({ path: pointer(path, member), code: 'required_property', message });
      return undefined;
    }
    if (as === undefined) return { op: 'adopt', [member]: value };
    if (member === 'table') return { op: 'adopt', table: value, as: name('as') };
    const message = 'is for one table: leave it out, and rename the models afterwards';
    errors.push({ path: pointer(path, 'as'), code: 'conflicting_properties', message });
    return undefined;
  };
  const repair = (): Operation | undefined => {
    const { difference, keep } = given;
    const isNamed = typeof difference === 'string' && /^[0-9a-f]{20}$/.test(difference);
    if (!isNamed) {
      const message = 'must be the id of a difference';
      errors.push({ path: pointer(path, 'difference'), code: 'invalid_property', message });
    }
    if (keep !== 'catalog' && keep !== 'database') {
      const message = 'must say which of the two is right: catalog or database';
      errors.push({ path: pointer(path, 'keep'), code: 'invalid_property', message });
      return undefined;
    }
    return { op: 'repair', difference: isNamed ? difference : '', keep };
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
      case 'adopt':
        return adopt();
      case 'repair':
        return repair();
      case 'restore':
        return restore();
      case 'rollbackModel':
        return rollback();
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
