import { describe, expect, test } from 'vitest';
import { ruleOfCheck } from '../../src/plan/adopt/adopted-checks.ts';
import { defaultOfColumn } from '../../src/plan/adopt/adopted-default.ts';

describe('a check of a table that is there', () => {
  const types: Readonly<Record<string, string>> = { price: 'decimal', year: 'integer', big: 'bigint' };
  const rule = (definition: string) => ruleOfCheck(definition, (column) => types[column] ?? 'text');

  test('says bounds, lengths, patterns or lists, as Postgres writes them', () => {
    expect(rule('CHECK (((year >= 1901) AND (year <= 2155)))')).toEqual({
      column: 'year',
      limits: { min: 1901, max: 2155 },
    });
    expect(rule('CHECK ((price >= (0)::numeric))')?.limits).toEqual({ min: '0' });
    expect(rule("CHECK ((year > '-5'::integer))")?.limits).toEqual({ min: -4 });
    expect(rule("CHECK ((big < '9007199254740993'::bigint))")?.limits).toEqual({ max: '9007199254740992' });
    expect(rule('CHECK ((char_length(("My Name")::text) <= 30))')).toEqual({
      column: 'My Name',
      limits: { maxLength: 30 },
    });
    expect(rule("CHECK (((email)::text ~ '^x (y) AND z$'::text))")?.limits).toEqual({
      pattern: '^x (y) AND z$',
    });
    expect(rule("CHECK ((a = ANY (ARRAY['it''s'::text, 'b'::text])))")?.limits).toEqual({
      options: ["it's", 'b'],
    });
    expect(
      rule(
        "CHECK (((state)::text = ANY ((ARRAY['new'::character varying, 'gone'::character varying])::text[])))",
      )?.limits,
    ).toEqual({ options: ['new', 'gone'] });
    expect(rule("CHECK (((a)::text <> ''::text))")?.limits).toEqual({ minLength: 1 });
  });

  test('says nothing where it is about several columns, or about anything else', () => {
    for (const definition of [
      'CHECK ((year >= other))',
      'CHECK (((year >= 1) AND (big >= 1)))',
      'CHECK (((year >= 1) OR (year IS NULL)))',
      'CHECK ((price > (0)::numeric))',
      "CHECK ((TRIM(BOTH FROM a) <> ''::text))",
      'CHECK ((((year % 2) = 0) AND (year >= 1)))',
      'CHECK ((year >= 1)) NOT VALID',
    ]) {
      expect([definition, rule(definition)]).toEqual([definition, null]);
    }
  });
});

describe('a default of a column that is there', () => {
  test('is a constant, the time or a random uuid; or nothing that a definition could say', () => {
    expect(defaultOfColumn("'it''s'::character varying", 'text')).toBe("it's");
    expect(defaultOfColumn('4.99', 'decimal')).toBe('4.99');
    expect(defaultOfColumn("'-1'::integer", 'integer')).toBe(-1);
    expect(defaultOfColumn('(-1)', 'integer')).toBe(-1);
    expect(defaultOfColumn('true', 'boolean')).toBe(true);
    expect(defaultOfColumn('\'{"a": [1]}\'::jsonb', 'json')).toEqual({ a: [1] });
    expect(defaultOfColumn('NULL::character varying', 'text')).toBeNull();
    expect(defaultOfColumn('now()', 'timestamp')).toEqual({ fn: 'now' });
    expect(defaultOfColumn('CURRENT_DATE', 'date')).toEqual({ fn: 'now' });
    expect(defaultOfColumn("('now'::text)::date", 'date')).toEqual({ fn: 'now' });
    expect(defaultOfColumn('public.uuid_generate_v4()', 'uuid')).toEqual({ fn: 'uuid' });
    expect(defaultOfColumn("nextval('a_seq'::regclass)", 'integer')).toBeUndefined();
    expect(defaultOfColumn("(now() + '1 day'::interval)", 'timestamp')).toBeUndefined();
    expect(defaultOfColumn('lower(CURRENT_USER)', 'text')).toBeUndefined();
  });
});
