import { specOf } from '../../definition/field-types.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import type { AdoptedField, AdoptedIndex, Leave } from './adopted-parts.ts';

/** The indexes that definitions can speak of, each once. */
export function indexesIn(
  found: FoundTable,
  fieldOf: ReadonlyMap<string, AdoptedField>,
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
      /\bnulls (first|last|not)/i.test(index.definition)
    )
      return refuse(`no definition says this: ${index.definition}`);
    const fields = index.columns.map((entry) => {
      const isDescending = entry.startsWith('-');
      const field = fieldOf.get(isDescending ? entry.slice(1) : entry);
      return field && { field, entry: `${isDescending ? '-' : ''}${field.input.name}` };
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

function isIndexedOtherwise({ input }: AdoptedField): boolean {
  return input.type !== 'computed' && specOf({ type: input.type }).ownIndex !== undefined;
}
