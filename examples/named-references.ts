import type { Row } from './data-file.ts';
import type { LoadedRow } from './load-source.ts';
import type { Source } from './sources.ts';

/** The source with ids where it names records of other models, by what was loaded of those. */
export function resolveNames(source: Source, loaded: ReadonlyMap<string, readonly LoadedRow[]>): Source {
  if (source.named.length === 0) return source;
  const ids = new Map(source.named.map((model) => [model, idsByName(loaded.get(model) ?? [])]));
  const resolve = (row: Row): Row => {
    const resolved = source.named.map((field) => [field, idOf(ids.get(field), row[field] ?? null)]);
    return { ...row, ...Object.fromEntries(resolved) };
  };
  return { ...source, rows: source.rows.map(resolve) };
}

function idsByName(rows: readonly LoadedRow[]): ReadonlyMap<unknown, string> {
  return new Map(rows.map(({ id, values }) => [values['name'], id]));
}

/** A name that is not known stays what it is, for the system to refuse. */
function idOf(ids: ReadonlyMap<unknown, string> | undefined, name: Row[string] | null): Row[string] | null {
  return ids?.get(name) ?? name;
}
