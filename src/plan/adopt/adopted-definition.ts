import { checkConstraints } from '../../definition/columns.ts';
import type { AdoptedNames, Definition, Field } from '../../definition/definition.ts';
import type { DefinitionInput } from '../../definition/definition-input.ts';
import { specOf } from '../../definition/field-types.ts';
import { physicalIndex, readIndexEntry } from '../../definition/model-indexes.ts';
import { foreignKeyName } from '../plan-foreign-keys.ts';
import type { AdoptedField, AdoptedTable, Limit } from './adopted-parts.ts';
import { notedType } from './adopted-type.ts';

/** The definition of a table as a client would write it. */
export function inputOf({ found, name, key, fields, indexes }: AdoptedTable): DefinitionInput {
  const alone = (unique: boolean) =>
    new Set(
      indexes.flatMap(({ input }) => {
        const [only = '', ...more] = input.fields;
        return more.length === 0 && !only.startsWith('-') && (input.unique === true) === unique ? [only] : [];
      }),
    );
  const unique = alone(true);
  const plain = alone(false);
  const listed = indexes.filter(({ input }) => {
    const [only = '', ...more] = input.fields;
    if (more.length > 0 || only.startsWith('-')) return true;
    // A field that is unique has an index by that.
    return input.unique !== true && unique.has(only);
  });
  const label = found.comment?.split('\n', 1)[0]?.slice(0, 200);
  return {
    name,
    ...(label ? { label } : {}),
    key,
    fields: fields.map(({ input }) => ({
      ...input,
      ...(unique.has(input.name) ? { unique: true } : {}),
      ...(plain.has(input.name) && !unique.has(input.name) ? { index: true } : {}),
    })),
    ...(listed.length > 0 ? { indexes: listed.map(({ input }) => input) } : {}),
  };
}

/** The same with all that is there already: the columns, and what constraints and indexes are called. */
export function definitionOf(
  model: Definition,
  table: AdoptedTable,
  tableOf: (modelId: string) => string,
): Definition {
  const known = new Map(table.fields.map((field) => [field.input.name, field]));
  const fields = model.fields.map((field) => {
    const adopted = known.get(field.name);
    return adopted ? physicalField(field, adopted, tableOf) : field;
  });
  const { found, moments, others } = table;
  const bare: Definition = {
    ...model,
    keyColumn: table.keyColumn,
    table: found.name,
    fields,
    adopted: { schema: found.schema, moments, others, names: {} },
  };
  const ids = new Map(fields.map((field) => [field.name, field.id]));
  const names = table.indexes.map(({ name, input }) => {
    const entries = input.fields.map((entry) => {
      const { field, descending } = readIndexEntry(entry);
      return `${descending ? '-' : ''}${ids.get(field) ?? field}`;
    });
    const index = { fields: entries, ...(input.unique ? { unique: true as const } : {}) };
    return [physicalIndex(bare, index).name, name] as const;
  });
  return {
    ...bare,
    adopted: { schema: found.schema, moments, others, names: Object.fromEntries(names) },
  };
}

function physicalField(
  field: Field,
  { column, storedAs, postgis, limits, foreignKey }: AdoptedField,
  tableOf: (modelId: string) => string,
): Field {
  const { postgis: _postgis, ...rest } = field;
  const placed: Field = { ...rest, column, ...(postgis ? { postgis } : {}) };
  const type = notedType(storedAs, specOf(placed).columnType(placed));
  const names: Record<string, string | null> = { ...namesOfLimits(placed, limits) };
  if (foreignKey !== undefined && placed.to !== undefined)
    names[foreignKeyName(placed, tableOf(placed.to))] = foreignKey;
  return {
    ...placed,
    ...(type === undefined ? {} : { storedAs: type }),
    ...(Object.keys(names).length === 0 ? {} : { names }),
  };
}

/** The names of the constraints of a field's limits: those that hold them, or null where its type does. */
export function namesOfLimits(
  { id, name, column, type, ...field }: Field,
  limits: Iterable<readonly [Limit, string | null]>,
): AdoptedNames {
  return Object.fromEntries(
    [...limits].flatMap(([limit, constraint]) => {
      const limited: Field = { id, name, column, type, [limit]: field[limit] };
      return checkConstraints(limited).map((check) => [check.name, constraint] as const);
    }),
  );
}

/**
 * What goes on to hold of an adopted column under the next definition of its field. A constraint that says more than
 * the field does goes as a whole: what is left of it is then held by constraints of our own.
 */
export function keptOfAdopted(before: Field, field: Field): Pick<Field, 'storedAs' | 'names'> {
  if (before.column !== field.column) return {};
  const { storedAs } = before;
  const isSameType = storedAs !== undefined && typeSaid(before, storedAs) === typeSaid(field, storedAs);
  const kept = keptNames(before, field, isSameType);
  return {
    ...(isSameType ? { storedAs } : {}),
    ...(Object.keys(kept).length > 0 ? { names: kept } : {}),
  };
}

/**
 * Whether the field needs a column of its own type: one of `varchar` becomes `text` without a rewrite, but for one that
 * `isHeld` by an index in a way that Postgres would have to build anew.
 */
export function leavesType(before: Field, field: Field, isHeld: boolean): boolean {
  const { storedAs } = before;
  if (storedAs === undefined || typeSaid(before, storedAs) === typeSaid(field, storedAs)) return false;
  return isHeld || !(storedAs.startsWith('character varying') && specOf(field).columnType(field) === 'text');
}

/** What of a field decides the type of its column, as far as one that was adopted goes by it. */
function typeSaid(field: Field, storedAs: string): string {
  const { type, toKey, options, precision, scale } = field;
  const maxLength = storedAs.startsWith('character') ? field.maxLength : undefined;
  return JSON.stringify([type, toKey, options, precision, scale, maxLength]);
}

function keptNames(before: Field, field: Field, isSameType: boolean): AdoptedNames {
  const { names: _names, ...bare } = field;
  const said = new Set(checkConstraints(bare).map(({ name }) => name));
  const isSameReference = before.to === field.to && before.onDelete === field.onDelete;
  const isSaid = (key: string) => (key.endsWith('_fk') ? isSameReference : said.has(key));
  const entries = Object.entries(before.names ?? {});
  const gone = new Set(entries.flatMap(([key, name]) => (isSaid(key) ? [] : [name])));
  return Object.fromEntries(entries.filter(([, name]) => (name === null ? isSameType : !gone.has(name))));
}
