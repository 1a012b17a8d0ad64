import type { FieldInput } from '../../definition/definition-input.ts';
import { specOf } from '../../definition/field-types.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import type { AdoptedIndex, Leave } from './adopted-parts.ts';

/** A field by what an index calls it. */
interface IndexedField {
  readonly name: string;
  readonly type: FieldInput['type'];
}

/** The indexes that definitions can speak of, each once, over the fields of columns. */
export function indexesIn(
  found: FoundTable,
  fieldOf: ReadonlyMap<string, IndexedField>,
  leave: Leave,
): readonly AdoptedIndex[] {
  const deferrable = new Set(found.constraints.flatMap((one) => (one.deferrable ? [one.name] : [])));
  const seen = new Set<string>();
  return found.indexes.flatMap((index) => {
    if (index.primary) return [];
    const refuse = (reason: string) => {
      leave('index', index.name, reason);
      return [];
    };
    if (!index.valid) return refuse('it is not valid: drop it, or build it again, then adopt the table');
    if (deferrable.has(index.name)) return refuse('its constraint is deferrable');
    if (
      index.method !== 'btree' ||
      index.columns === null ||
      /\b(nulls (first|last|not)|collate|\w+_ops)\b/i.test(index.definition)
    )
      return refuse(`no definition says this: ${index.definition}`);
    const fields = index.columns.map((entry) => {
      const isDescending = entry.startsWith('-');
      const field = fieldOf.get(isDescending ? entry.slice(1) : entry);
      return field && { field, entry: `${isDescending ? '-' : ''}${field.name}` };
    });
    const known = fields.filter((one) => one !== undefined);
    if (known.length < fields.length) return refuse('it is over a column that is no field');
    if (known.some(({ field }) => isIndexedOtherwise(field))) {
      return refuse('it is over a field whose type is indexed in another way');
    }
    const entries = known.map(({ entry }) => entry);
    const what = `${index.unique ? 'unique ' : ''}${entries.join()}`;
    if (seen.has(what)) return refuse('another index says the same');
    seen.add(what);
    return [{ name: index.name, input: { fields: entries, ...(index.unique ? { unique: true } : {}) } }];
  });
}

function isIndexedOtherwise({ type }: IndexedField): boolean {
  return type !== 'computed' && specOf({ type }).ownIndex !== undefined;
}
