import type { OnDelete } from '../../definition/definition.ts';
import type { FoundColumn, FoundConstraint, FoundTable } from '../../definition/found-table.ts';
import type { Leave, ModelOfTable } from './adopted-parts.ts';

const ON_DELETE: Readonly<Record<string, OnDelete>> = { cascade: 'cascade', setNull: 'setNull' };

/** The foreign key of a column by which its field is a reference; undefined where it is none. */
export function referenceOf(found: FoundTable, column: FoundColumn, modelOf: ModelOfTable, leave: Leave) {
  const keys = found.constraints.filter(
    ({ kind, columns }) => kind === 'foreignKey' && columns.includes(column.name),
  );
  let taken: { readonly name: string; readonly to: string; readonly onDelete: OnDelete } | undefined;
  for (const key of keys) {
    const reason = taken ? 'the field refers to another model already' : unfitReference(key, modelOf);
    const { references } = key;
    const to = references ? modelOf(references.schema, references.table)?.name : undefined;
    if (reason !== undefined || !references || to === undefined) {
      if (key.columns[0] === column.name) leave('constraint', key.name, reason ?? 'it leads to no model');
      continue;
    }
    const wanted = ON_DELETE[references.onDelete] ?? 'restrict';
    taken = { name: key.name, to, onDelete: wanted === 'setNull' && !column.nullable ? 'restrict' : wanted };
  }
  return taken;
}

function unfitReference({ columns, validated, references }: FoundConstraint, modelOf: ModelOfTable) {
  if (!references) return 'it leads to no table';
  if (columns.length > 1) return 'a reference has one column';
  if (!validated) return 'it is not validated: validate it, then adopt the table';
  if (references.onDelete === 'setDefault') return 'no reference is set to its default';
  const table = `${references.schema}.${references.table}`;
  const model = modelOf(references.schema, references.table);
  if (!model)
    return `${table} is no model, so that the field is a plain value: adopt both by their schema, or ${table} first`;
  if (references.columns.join() !== model.keyColumn)
    return `it refers to ${references.columns.join()}, and references are by the key`;
  return undefined;
}
