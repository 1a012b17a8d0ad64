import type { AdoptedNames, Definition, Field } from './definition.ts';
import { specOf } from './field-types.ts';
import { dataSchema, ownTrashSchema, trashSchema } from './physical-names.ts';
import { optionsSql } from './values/options.ts';

/** What there is to know of tables that were there before their models: where they are, and what is otherwise in them. */

/** The schema of a model's table, and of the join tables beside it. */
export function schemaOf(slug: string, { adopted }: Pick<Definition, 'adopted'>): string {
  return adopted?.schema ?? dataSchema(slug);
}

/** The schema of the trash that a model's table goes to. */
export function trashSchemaOf(slug: string, { id, adopted }: Pick<Definition, 'id' | 'adopted'>): string {
  return adopted ? ownTrashSchema(slug, id) : trashSchema(slug);
}

/** The Postgres type that a field's column has. */
export function storedType(field: Field): string {
  return field.storedAs ?? specOf(field).columnType(field);
}

/** Types whose values compare, with an index, and are shown as those of the field's own type are. */
const ALIKE = /^(smallint|integer|real|numeric|character varying)\b/;

const WITHOUT_ZONE = /^timestamp\b.* without time zone$/;

/** SQL of a stored value as one of the field's own type. */
export function asRead(field: Field, value: string): string {
  if (field.storedAs === undefined || ALIKE.test(field.storedAs)) return value;
  // Not by a cast, which goes by the time zone of the session, so that no index may hold it.
  if (WITHOUT_ZONE.test(field.storedAs)) return `(${value} at time zone 'UTC')`;
  return `(${value})::${specOf(field).columnType(field)}`;
}

/** The same, where words are looked for in it. Postgres casts by itself, but for enums. */
export function asWords(field: Field, value: string): string {
  return isEnum(field) ? `${value}::text` : value;
}

/** Whether an index may hold what a field is read as: not what Postgres takes to change, such as the texts of an enum. */
export function isReadForGood(field: Field): boolean {
  const { type, storedAs = '' } = field;
  return !isEnum(field) && (type !== 'timestamp' || storedAs === '' || storedAs.startsWith('timestamp'));
}

/** SQL of a value of the field's own type as its column takes it. Postgres casts by itself, but for enums. */
export function asStored(field: Field, value: string): string {
  return isEnum(field) ? `(${value})::${field.storedAs}` : value;
}

function isEnum({ type, storedAs }: Field): boolean {
  return type === 'choice' && storedAs !== undefined && !/^(text|character)\b/.test(storedAs);
}

/** The same of any value: what the column has no room for is cut, or null. */
export function asFarAsStored(field: Field, value: string): string {
  const { storedAs = '', options = [] } = field;
  const fits = (condition: string) =>
    `(select "value" from (select ${value} as "value") as one where ${condition})`;
  if (isEnum(field)) return asStored(field, fits(`"value" = any (${optionsSql(options)})`));
  if (storedAs === 'smallint') return fits('"value" between -32768 and 32767');
  return storedAs.startsWith('character') ? `(${value})::${storedAs}` : value;
}

/** What a thing is called that would have been given a name here; null where there is none. */
export function nameIn(names: AdoptedNames | undefined, name: string): string | null {
  const known = names?.[name];
  return known === undefined ? name : known;
}

/** Of the names of a field's constraints, those of rules that its type holds; undefined where there are none. */
export function namesOfType({ names = {} }: Field): AdoptedNames | undefined {
  const held = Object.entries(names).filter(([, name]) => name === null);
  return held.length > 0 ? Object.fromEntries(held) : undefined;
}
