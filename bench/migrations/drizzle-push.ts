import { generateDrizzleJson, generateMigration, pushSchema as planPush } from 'drizzle-kit/api';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { pushSchema as pushed, type Schema } from './operation.ts';

/** What drizzle-kit push would run, and whether somebody has to answer a question first. */
export interface Push {
  readonly statements: readonly string[];
  readonly asks: boolean;
}

/** The statements that make the tables of a schema. */
export async function createStatements(schema: Schema): Promise<readonly string[]> {
  return generateMigration(generateDrizzleJson({}), generateDrizzleJson({ pushed, ...schema }));
}

/** Asks drizzle-kit what it would run on a database that has the schema before. */
export async function pushStatements(
  client: pg.Client,
  [before, after]: readonly [Schema, Schema],
): Promise<Push> {
  try {
    const { statementsToExecute } = await quietly(() =>
      planPush({ pushed, ...after }, drizzle(client), ['pushed']),
    );
    return { statements: statementsToExecute, asks: false };
  } catch (error) {
    // Without a terminal it cannot ask (about a rename, or about emptying the table), and says so.
    if (!(error instanceof Error) || !error.message.includes('TTY')) throw error;
  }
  try {
    const json = (schema: Schema) => generateDrizzleJson({ pushed, ...schema });
    return { statements: await quietly(() => generateMigration(json(before), json(after))), asks: true };
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('TTY')) throw error;
    return { statements: [], asks: true };
  }
}

/** drizzle-kit talks of its progress on the standard output. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}
