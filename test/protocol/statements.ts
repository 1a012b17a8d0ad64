/** The eight statements that hold in every interleaving, as checks of a state or of an answer. */
import { parseHead } from '../../src/heads/head.ts';
import { nextDefinition } from './changes.ts';
import { FIRST, gross, inForm } from './definitions.ts';
import type { Request } from './isolate-model.ts';
import { HEAD_TTL, LAG, MODEL, Violation, WORKSPACE } from './rules.ts';
import { headOf } from './runner.ts';
import type { SimulatedPostgres, Version } from './simulated-postgres.ts';
import type { SimulatedRedis } from './simulated-redis.ts';

/** After everything that happens. */
export function checkState(postgres: SimulatedPostgres, redis: SimulatedRedis): void {
  for (const { heads } of [redis.primary, redis.replica]) {
    const head = parseHead(heads.get(`${WORKSPACE}/${MODEL}`) ?? null);
    const version = postgres.versions.find(({ seq }) => seq === head?.seq);
    if (head && (head.seq > postgres.published.seq || version?.hash !== head.hash)) {
      throw new Violation(2, `Redis is at ${head.version}, the catalog at ${postgres.published.version}`);
    }
  }
  const { definition } = postgres.published;
  for (const { column } of definition.fields) {
    if (!postgres.columns.has(column)) throw new Violation(2, `${column} is published, and is not there`);
  }
  assertEachWrite(postgres, gross(definition).column, 3);
  if (postgres.columnBefore !== null) assertEachWrite(postgres, postgres.columnBefore, 7);
}

/** A column has every write: of the published one none is lost, to the one before it can be gone back. */
function assertEachWrite(postgres: SimulatedPostgres, column: string, statement: 3 | 7): void {
  const form = postgres.columns.get(column);
  if (!form) throw new Violation(statement, `${column} is gone`);
  for (const [id, value] of postgres.written) {
    const found = postgres.rows.get(id)?.get(column);
    if (found !== inForm(form, value)) {
      throw new Violation(statement, `${value} was written, and ${column} has ${found}`);
    }
  }
}

/** When the first contract step commits: a version that an isolate may still be told is live. */
export function checkContract(postgres: SimulatedPostgres, redis: SimulatedRedis): void {
  for (const { heads } of [redis.primary, redis.replica]) {
    const head = parseHead(heads.get(`${WORKSPACE}/${MODEL}`) ?? null);
    if (head && !isRight(postgres, head.version)) {
      throw new Violation(1, `version ${head.version} is live at its contract`);
    }
  }
}

/** When a transaction of somebody who uses SQL ends: what it knew when it began was right for as long. */
export function checkTransaction(postgres: SimulatedPostgres, version: number): void {
  if (!isRight(postgres, version)) throw new Violation(1, `version ${version} is in use after its contract`);
}

/** Versions that differ in names alone are right at once; of those that differ in the column, two at most. */
function isRight(postgres: SimulatedPostgres, version: number): boolean {
  const { column } = gross(versionOf(postgres, version).definition);
  return column === gross(postgres.published.definition).column || column === postgres.columnBefore;
}

function versionOf({ versions }: SimulatedPostgres, version: number): Version {
  const found = versions[version - 1];
  if (!found) throw new TypeError(`there is no version ${version}`);
  return found;
}

/** When a request is answered. */
export function checkAnswer(postgres: SimulatedPostgres, request: Request, version: number): void {
  const next = postgres.versions.find((v) => v.version === version + 1);
  const oldest = request.began - (LAG + HEAD_TTL) * 1000;
  if (next && next.confirmedAt !== null && next.confirmedAt < oldest) {
    throw new Violation(
      1,
      `version ${version} is served, and ${next.version} was out before the request began`,
    );
  }
  if (!isRight(postgres, version)) throw new Violation(1, `version ${version} is served after its contract`);
  if (version < request.floor) throw new Violation(6, `version ${version} is served after ${request.floor}`);
}

/** When everybody is quiet: what only depends on which of the changes were cancelled, or given up. */
export function checkEnd(postgres: SimulatedPostgres, redis: SimulatedRedis): void {
  let definition = FIRST;
  let version = 1;
  for (const { seq, kind, status, cancelRequested, error } of postgres.changes) {
    const isGivenUp = error === 'migrator_failed';
    const expected = kind === 'doomed' || isGivenUp ? 'failed' : 'done';
    if (status !== expected && !(status === 'cancelled' && cancelRequested)) {
      throw new Violation(4, `change ${seq} (${kind}) ended ${status} ${error}`);
    }
    if (status !== 'done') continue;
    definition = nextDefinition(kind, seq, definition);
    version += 1;
  }
  const indexed = definition.fields.flatMap(({ index, column }) => (index ? [[column, 'valid']] : []));
  const actual = {
    definition: postgres.published.definition,
    version: postgres.published.version,
    columns: [...postgres.columns.keys()].sort(),
    indexes: [...postgres.indexes],
    trigger: postgres.trigger,
    head: redis.primary.heads.get(`${WORKSPACE}/${MODEL}`),
  };
  const undisturbed = {
    definition,
    version,
    columns: definition.fields.map(({ column }) => column).sort(),
    indexes: indexed,
    trigger: null,
    head: headOf(postgres.published),
  };
  if (JSON.stringify(actual) !== JSON.stringify(undisturbed)) {
    throw new Violation(4, `${JSON.stringify(actual)}, undisturbed ${JSON.stringify(undisturbed)}`);
  }
}
