import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileExpression } from '../../../src/definition/expression/compile-expression.ts';
import { type Expression, ExpressionError, nodesOf } from '../../../src/definition/expression/expression.ts';
import { parseExpression } from '../../../src/definition/expression/parse-expression.ts';
import { printExpression } from '../../../src/definition/expression/print-expression.ts';
import { fieldValue } from '../../../src/definition/expression/value-type.ts';
import { specOf } from '../../../src/definition/field-types.ts';
import { type Parts, startParts } from '../../stack/parts.ts';
import { evaluate, Float, Overrun, readDay, textOf, type Worth } from './evaluate.ts';
import { Numeric } from './numeric.ts';
import { COLUMNS, rows, typedTrees } from './typed-trees.ts';

type Row = Readonly<Record<string, string | null>>;

const typeOf = (name: string) => {
  const column = Object.entries(COLUMNS).find(([known]) => known === name);
  if (!column) throw new ExpressionError(1, `there is no field ${name}`, 'unknown_field');
  return column[1][0];
};
const columnType = (type: Parameters<typeof specOf>[0]['type']) =>
  specOf({ type }).columnType({ id: '', name: '', column: '', type });

/** An expression over a row of `COLUMNS`, as SQL that answers its text. */
function sqlOf(text: string) {
  return compileExpression(parseExpression(text, 'names'), ({ value: name }, at) =>
    fieldValue({ name, type: typeOf(name) }, `"${name}"`, at),
  );
}

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

async function inPostgres(text: string, row: Row): Promise<unknown> {
  const { type, sql } = sqlOf(text);
  const columns = Object.keys(COLUMNS).map(
    (name, n) => `$${n + 1}::${columnType(typeOf(name))} as "${name}"`,
  );
  const values = Object.keys(COLUMNS).map((name) => row[name]);
  try {
    // `offset 0`: the values are a row's, as in a trigger, and not constants that a planner works out beforehand.
    const [answer] = await parts.sql(
      `select (${sql})::${columnType(type)}::text as value from (select ${columns.join(', ')} offset 0) as row`,
      values,
    );
    const value = answer?.['value'] ?? null;
    return type === 'float' && value !== null ? Number(value) : value;
  } catch (error) {
    // Class 22, data exception: a number that runs over.
    if (error instanceof Error && String(Reflect.get(error, 'code')).startsWith('22')) return 'runs over';
    throw error;
  }
}

function worthOf(name: string, text: string | null | undefined): Worth {
  if (text === null || text === undefined) return null;
  switch (typeOf(name)) {
    case 'integer':
    case 'bigint':
    case 'decimal':
      return Numeric.read(text);
    case 'float':
      return new Float(Number(text));
    case 'boolean':
      return text === 'true';
    case 'date':
      return readDay(text);
    default:
      return text;
  }
}

function inJavaScript(text: string, row: Row): unknown {
  try {
    const worth = evaluate(parseExpression(text, 'names'), (name) => worthOf(name, row[name]));
    const { type } = sqlOf(text);
    const bits = type === 'integer' ? 31 : type === 'bigint' ? 63 : null;
    if (bits !== null && worth instanceof Numeric && !worth.fits(bits)) return 'runs over';
    if (worth instanceof Float) return worth.value;
    return worth === null ? null : textOf(worth);
  } catch (error) {
    if (error instanceof Overrun) return 'runs over';
    throw error;
  }
}

/** Whether Postgres may know the worth of a part without a look at another, in which a number would run over. */
function mayBeDecided(tree: Expression): boolean {
  return nodesOf(tree).some(
    (node) =>
      node.kind === 'null' || (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')),
  );
}

describe('an expression', () => {
  test('is worth in Postgres what the language says, whatever the record holds', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(typedTrees, fc.array(rows, { minLength: 1, maxLength: 3 }), async (tree, records) => {
        const text = printExpression(tree);
        for (const record of records) {
          const worth = inJavaScript(text, record);
          const found = await inPostgres(text, record);
          if (worth !== 'runs over' || !mayBeDecided(tree))
            expect({ text, worth: found }).toEqual({ text, worth });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['i + i', 'integer'],
    ['i + b', 'bigint'],
    ['i / i', 'decimal'],
    ['i % 2', 'integer'],
    ['i * 1.5', 'decimal'],
    ['d + f', 'float'],
    ['round(d)', 'decimal'],
    ['round(i)', 'integer'],
    ['round(i, 2)', 'decimal'],
    ['round(f, 2)', 'float'],
    ['integer(d / 2)', 'integer'],
    ['2147483648', 'bigint'],
    ['9223372036854775808', 'decimal'],
    ['i || t', 'text'],
    ['n - m', 'integer'],
    ['n + 30', 'date'],
    ['n < m', 'boolean'],
    ["date('2026-11-21')", 'date'],
    ["date(timestamp('2026-11-21T23:00:00-05:00'))", 'date'],
    ["time('18:30')", 'time'],
    ["epoch(timestamp('2026-11-21T00:00:00Z'))", 'decimal'],
    ['if(ok, null, 1)', 'integer'],
    ['if(ok, 1, 1.5)', 'decimal'],
    ['case when ok then null when i > 1 then u end', 'uuid'],
    ['coalesce(null, t)', 'text'],
  ])('%s is %s', (text, type) => {
    expect(sqlOf(text).type).toBe(type);
  });

  test.each([
    ['i + t', 5, 'is text where integer or bigint or decimal or float should stand'],
    ['t + t', 1, 'is text where'],
    ['t and ok', 1, 'is text where boolean should stand'],
    ['i = t', 5, 'is text where integer should stand'],
    ['t = i', 5, 'is integer where text should stand: text(…) makes it one'],
    ["n = '2026-11-21'", 5, "write date('…')"],
    ['i = null', 5, 'write is null'],
    ['ok < ok', 1, 'have no order'],
    ['f % 2', 1, 'decimal(…) makes one'],
    ['if(i, 1, 2)', 4, 'is integer where boolean should stand'],
    ['if(ok, 1, t)', 11, 'is text where integer should stand'],
    ['null', 1, 'is always null'],
    ['coalesce(null, null)', 1, 'is always null'],
    ['lower(i)', 7, 'is integer where text should stand'],
    ['lower(t, t)', 1, 'lower takes 1 parameters, not 2'],
    ['now()', 1, 'there is no function now; known are abs'],
    ['round(d, i)', 10, 'must be a constant from 0 to 20'],
    ['round(d, 21)', 10, 'must be a constant from 0 to 20'],
    ["date('2026-02-30')", 6, 'must be a day of the calendar'],
    ['date(t)', 6, 'is text where timestamp should stand'],
    ['timestamp(t)', 11, "timestamp('…')"],
    ['missing + 1', 1, 'there is no field missing'],
    ['constructor(1)', 1, 'there is no function constructor'],
  ])('%j is refused at character %i', (text, at, message) => {
    const refused = expect(() => sqlOf(text));
    refused.toThrow(ExpressionError);
    refused.toThrow(expect.objectContaining({ at, message: expect.stringContaining(message) }));
  });
});
