import type { ModelClass } from '../model/model-class.ts';
import type { Database } from '../ports.ts';
import { type Meant, whereAll, whereMeant } from './list-conditions.ts';
import { meantParams, meantShape } from './query-shape.ts';
import { runShape, targetOf } from './record-sql.ts';

/** How many records are meant, by what Postgres expects: no record is looked at. */
export async function estimateTotal(database: Database, model: ModelClass, meant: Meant): Promise<number> {
  const shape = `estimate\n${meantShape(meant)}`;
  const text = () => `explain select from ${targetOf(model)} as t ${whereAll(whereMeant(meant).conditions)}`;
  const [top] = await runShape(database, model, shape, text, meantParams(meant));
  // Of the plan's uppermost node, such as: Seq Scan on movie t  (cost=0.00..94.04 rows=5004 width=0)
  return Number(/\brows=(\d+)/.exec(top?.['QUERY PLAN'] ?? '')?.[1] ?? 0);
}
