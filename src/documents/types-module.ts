import { enteredFields } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { FIELD_TYPE_NAMES, isFieldType, specOf } from '../definition/field-types.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { keyField, systemFields } from '../definition/system-fields.ts';
import { type DocumentedRelation, type DocumentedWorkspace, relationsOf } from './documented-model.ts';
import { conditionType } from './operands.ts';

/** The TypeScript types of a workspace's models, as a module of its own: what a client is generic over. */
export function* writeTypes({ slug, models }: DocumentedWorkspace): Iterable<string> {
  const relations = relationsOf(models);
  yield `// The models of the workspace ${slug}, generated from their definitions. Do not edit: fetch it again.

/** The definitions that these types were made from. A client that has them is told when they are no longer those. */
export const hashes = {
`;
  for (const { definition, hash } of models) yield `  ${definition.name}: '${hash}',\n`;
  yield `} as const;

/** Of each model: its records as they are answered, created and changed, what filters ask, and where paths lead. */
export interface Models {
`;
  for (const { definition } of models) yield modelType(definition, relations.get(definition.id) ?? []);
  yield `}

/** What a filter may ask of a field, by the field's type. */
interface Where {
`;
  for (const type of usedTypes(models.map(({ definition }) => definition))) {
    yield `  ${type}: ${conditionType(type)};\n`;
  }
  yield '}\n';
}

function modelType(definition: Definition, relations: readonly DocumentedRelation[]): string {
  const { name, label, fields, key } = definition;
  const all = [...systemFields(definition), ...fields];
  const entered = enteredFields(fields);
  const id = keyField(definition);
  const created = [
    ...(key === 'bigint' ? [] : [member(id, key === 'uuid', specOf(id).typescript(id))]),
    ...entered.map((field) => member(field, mayBeLeftOut(field), typeOf(field))),
  ];
  return `${comment('  ', label)}  ${name}: {
    record: {
${all.map((field) => `${comment('      ', field.label, field.help)}      ${member(field, false, typeOf(field))};\n`).join('')}    };
    create: ${members(created, NOTHING)};
    patch: ${members(
      entered.map((field) => member(field, true, typeOf(field))),
      NOTHING,
    )};
    filter: ${members(all.map((field) => member(field, true, `Where['${field.type}']`)))};
    relations: ${members(relations.map(relationType))};
  };
`;
}

/** An object that has no members, where `{}` would be any. */
const NOTHING = '{ [field: string]: never }';

function members(lines: readonly string[], ofNone = '{}'): string {
  return lines.length === 0 ? ofNone : `{\n${lines.map((line) => `      ${line};\n`).join('')}    }`;
}

function member({ name }: Field, isOptional: boolean, type: string): string {
  return `${name}${isOptional ? '?' : ''}: ${type}`;
}

function relationType({ name, to, isMany }: DocumentedRelation): string {
  return `'${name}': { to: '${to}'; many: ${isMany} }`;
}

function typeOf(field: Field): string {
  const type = specOf(field).typescript(field);
  const isAlwaysThere = field.required || hasJoinTable(field) || field.id === field.name;
  return isAlwaysThere ? type : `${type} | null`;
}

function mayBeLeftOut(field: Field): boolean {
  return !field.required || (field.default ?? null) !== null;
}

/** What people wrote about it; nothing of it may end the comment. */
function comment(indent: string, ...texts: readonly (string | undefined)[]): string {
  const text = texts.filter((one) => one?.trim()).join(': ');
  if (text === '') return '';
  return `${indent}/** ${text.replaceAll('*/', '*\\/').replace(/\s+/g, ' ').trim()} */\n`;
}

function usedTypes(definitions: readonly Definition[]) {
  const used = new Set(
    definitions.flatMap((definition) =>
      [...systemFields(definition), ...definition.fields].map(({ type }) => type),
    ),
  );
  return FIELD_TYPE_NAMES.filter(isFieldType).filter((type) => used.has(type));
}
