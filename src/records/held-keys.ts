import * as v from 'valibot';
import { specOf } from '../definition/field-types.ts';
import { keyField } from '../definition/system-fields.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Database } from '../ports.ts';
import { keyType, targetOf } from './record-sql.ts';

/** Of several sets of texts, which a model holds whole among its keys. One statement, or none. */
export async function heldKeys(
  database: Database,
  model: ModelClass,
  sets: readonly ReadonlySet<string>[],
): Promise<readonly boolean[]> {
  const field = keyField(model.definition);
  const validator = specOf(field).validator(field, true);
  const isAsked = sets.map((set) => [...set].every((text) => v.is(validator, text)));
  const asked = sets.filter((_, n) => isAsked[n]);
  if (asked.length === 0) return isAsked;
  const answers = asked.map(
    (_, n) => `(not exists (
      select
      from json_array_elements_text($${n + 1}::json) as given (text)
      where not exists (
        select from ${targetOf(model)} as t where t.${model.keyColumn} = given.text::${keyType(model)}
      )
    ))::text as h${n}`,
  );
  const [row] = await database.query({
    text: `select ${answers.join(', ')}`,
    params: asked.map((set) => JSON.stringify([...set])),
  });
  const held = asked.map((_, n) => row?.[`h${n}`] === 'true');
  return isAsked.map((is) => is && held.shift() === true);
}
