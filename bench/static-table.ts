import { sql } from 'drizzle-orm';
import {
  boolean,
  date,
  doublePrecision,
  integer,
  numeric,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import * as v from 'valibot';

/** The table that a developer would write by hand for `movie.ts`. */
export const movies = pgTable('movies', {
  id: uuid().primaryKey().default(sql`remodel.uuid_v7()`),
  created_at: timestamp({ withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  title: text().notNull(),
  year: integer(),
  rating: doublePrecision(),
  price: numeric({ precision: 10, scale: 2 }),
  released: date(),
  genre: text(),
  homepage: text(),
  contact: text(),
  seen: boolean(),
  note: text(),
});

/** By hand for `review`. */
export const reviews = pgTable('reviews', {
  id: uuid().primaryKey().default(sql`remodel.uuid_v7()`),
  created_at: timestamp({ withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  words: text(),
  of: uuid().references(() => movies.id),
});

/** The same tables as SQL. */
export const CREATE_TABLES = `
  create table public.movies (
    id uuid primary key default remodel.uuid_v7(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null check (char_length(title) <= 200),
    year integer check (year between 1888 and 2100),
    rating double precision,
    price numeric(10, 2),
    released date,
    genre text check (genre in ('drama', 'comedy', 'documentary')),
    homepage text,
    contact text,
    seen boolean,
    note text
  );
  create index on public.movies (year);
  create table public.reviews (
    id uuid primary key default remodel.uuid_v7(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    words text,
    of uuid references public.movies (id)
  );
  create index on public.reviews (of)`;

/** What a new movie must be. */
export const movieSchema = v.strictObject({
  title: v.pipe(v.string(), v.maxLength(200)),
  year: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1888), v.maxValue(2100))),
  rating: v.nullish(v.pipe(v.number(), v.finite())),
  price: v.nullish(v.pipe(v.string(), v.regex(/^-?\d{1,8}(\.\d{1,2})?$/))),
  released: v.nullish(v.pipe(v.string(), v.isoDate())),
  genre: v.nullish(v.picklist(['drama', 'comedy', 'documentary'])),
  homepage: v.nullish(v.pipe(v.string(), v.url())),
  contact: v.nullish(v.pipe(v.string(), v.email())),
  seen: v.nullish(v.boolean()),
  note: v.nullish(v.string()),
});
