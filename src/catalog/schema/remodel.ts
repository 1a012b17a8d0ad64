/**
 * The catalog: Postgres schema `remodel`, the truth of what every model is and of every change under way.
 * Tables only; the functions and roles stand in `migrations/`. Definition bodies are kept as text, for their
 * hash is over exactly that text.
 */
import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core';

export const remodel = pgSchema('remodel');

export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });

export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
