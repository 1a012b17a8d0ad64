import type { ModelClass } from '../../model/model-class.ts';
import { insertClauses } from '../create-sql.ts';
import { linkClauses } from '../link-sql.ts';
import { IS_NEW, textOf } from '../record-sql.ts';
import type { ConflictTarget } from '../upsert.ts';
import { upsertClauses } from '../upsert-sql.ts';

/** The class was found current as the transaction began, and stays right until its end. */
const UNFENCED = 'true';

/** The statement that writes a batch, from a JSON array of objects as $1, and counts what it wrote. */
export function importText(
  model: ModelClass,
  target: ConflictTarget | null,
  given: ReadonlySet<string>,
): string {
  if (!target) return textOf(model, 'import', () => insertText(model));
  const shape = `import ${target.fields.map(({ id }) => id).join()} ${[...given].sort().join()}`;
  return textOf(
    model,
    shape,
    () => `
    with ${upsertClauses(model, target, given, 1, UNFENCED).join(',')}
    select (select count(*) from written)::text as written,
      (select count(*) from upserted as u where u.${IS_NEW})::text as inserted`,
  );
}

function insertText(model: ModelClass): string {
  return `
    with ${[...insertClauses(model, 1, UNFENCED), ...linkClauses(model)].join(',')}
    select count(*)::text as written, count(*)::text as inserted
    from written`;
}
