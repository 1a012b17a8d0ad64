import type { Finding } from '../failure.ts';
import { isReadForGood } from './adopted.ts';
import type { Definition, Field, IndexCondition } from './definition.ts';
import { type Filter, filterField } from './filter.ts';
import { filterSql, literals } from './filter-sql.ts';
import { hasJoinTable } from './join-table.ts';
import { pointer } from './json-pointer.ts';
import { cutPath, parseFilter } from './parse-filter.ts';
import { systemFields } from './system-fields.ts';
import { elementsOf } from './values/elements.ts';
import { rawNumber } from './values/raw-number.ts';

/** A model as conditions see it: its fields, by what the condition calls them; lists are kept elsewhere. */
type Model = Pick<Definition, 'name' | 'key' | 'fields'>;

/** A condition that names fields → one that holds their ids. What does not fit is added to `findings`. */
export function resolveCondition(
  model: Model,
  condition: IndexCondition,
  path: string,
  findings: Finding[],
): IndexCondition {
  const before = findings.length;
  const filter = readCondition(model, 'name', condition, path, findings);
  if (findings.length > before) return {};
  if (columnsIn(filter).length === 0) {
    findings.push({ path, code: 'invalid_filter', message: 'must ask for something, or be left out' });
  }
  const asked = columnsIn(filter);
  for (const field of fieldsOf(model).filter(({ column }) => asked.includes(column))) {
    if (isReadForGood(field)) continue;
    const message = `${model.name}.${field.name} is of the type ${field.storedAs} in Postgres, which the condition of an index cannot ask: alter its type to text first, or leave it out`;
    findings.push({ path, code: 'conflicting_properties', message });
  }
  if (holdsRawNumber(condition)) {
    const message = 'must have numbers of so many digits as texts, so that each digit is kept';
    findings.push({ path, code: 'invalid_value', message });
  }
  const ids = new Map(fieldsOf(model).map((field) => [field.name, field.id]));
  return withFields(condition, (name) => ids.get(name) ?? name);
}

/** A condition that holds ids → one that names fields as they are called today. */
export function showCondition(
  condition: IndexCondition,
  nameOf: (fieldId: string) => string,
): IndexCondition {
  return withFields(condition, nameOf);
}

/** The columns that a condition asks. */
export function conditionColumns(model: Model, condition: IndexCondition): readonly string[] {
  return columnsIn(readResolved(model, condition));
}

/** A condition as SQL of constants: the predicate of an index takes no parameters. */
export function conditionSql(model: Model, condition: IndexCondition): string {
  return filterSql(readResolved(model, condition), literals(''));
}

function readResolved(model: Model, condition: IndexCondition): Filter {
  const findings: Finding[] = [];
  const filter = readCondition(model, 'id', condition, '', findings);
  if (findings.length > 0) throw new TypeError(`an index of ${model.name} has an unfit condition`);
  return filter;
}

function readCondition(
  model: Model,
  by: 'id' | 'name',
  condition: IndexCondition,
  path: string,
  findings: Finding[],
): Filter {
  const fields = new Map(fieldsOf(model).map((field) => [field[by], filterField(field)]));
  const context = { model: model.name, fieldOf: (name: string) => fields.get(name), at: pointer };
  return parseFilter(context, condition, path, findings);
}

function fieldsOf(model: Model): readonly Field[] {
  return [...systemFields(model), ...model.fields.filter((field) => !hasJoinTable(field))];
}

function columnsIn(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...new Set(filter.filters.flatMap(columnsIn))];
    case 'not':
    case 'related':
      return columnsIn(filter.filter);
    case 'compare':
      return [filter.field.physical];
  }
}

/** The same condition with its fields called otherwise. */
function withFields(condition: unknown, called: (field: string) => string): IndexCondition {
  return Object.fromEntries(
    Object.entries(Object(condition)).map(([key, member]) => {
      if (key === '_and' || key === '_or') {
        return [key, (elementsOf(member) ?? []).map((entry) => withFields(entry, called))];
      }
      if (key === '_not') return [key, withFields(member, called)];
      const [field, members] = cutPath(key);
      return [members === null ? called(field) : `${called(field)}.${members}`, member];
    }),
  );
}

function holdsRawNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return rawNumber(value) !== undefined || Object.values(value).some(holdsRawNumber);
}
