import { jsonMember } from './field-types/json.ts';
import type { FilterField } from './filter.ts';

/** Nothing that SQL or the text of an array would have to quote; operators begin with `_`. */
const MEMBERS = /^(?!_)[\p{L}\p{N}_$@-]+(?:\.(?!_)[\p{L}\p{N}_$@-]+)*$/u;
const MAX_LENGTH = 500;

/** The value that names lead to within the JSON of a field, such as `size.width` or `tags.0`; null where they cannot. */
export function memberOf(field: FilterField, names: string): FilterField | null {
  if (names.length > MAX_LENGTH || !MEMBERS.test(names)) return null;
  const members = [...(field.members ?? []), ...names.split('.')];
  return Object.assign(Object.create(field), { name: `${field.name}.${names}`, members, spec: jsonMember });
}
