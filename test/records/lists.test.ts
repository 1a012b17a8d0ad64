import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';
import { argumentOf, BY_HAND, type OperatorName, TEXT_OPERATORS } from './by-hand.ts';

const TYPES = {
  txt: { type: 'text', pool: ['a', 'B', 'ab', 'A%b', 'a_b', 'ä🎬', '', '\\', '"{,}'] },
  int: { type: 'integer', pool: ['-2147483648', '-1', '0', '1', '2147483647'] },
  big: { type: 'bigint', pool: ['-9223372036854775808', '9007199254740993', '0', '9223372036854775807'] },
  dec: { type: 'decimal', pool: ['-0.1', '0', '0.10', '0.1', '123456789012345678901234567890.5'] },
  flt: { type: 'float', pool: ['-1.5', '0', '5e-324', '1.7976931348623157e308'] },
  bool: { type: 'boolean', pool: ['true', 'false'] },
  day: { type: 'date', pool: ['0001-01-01', '2024-02-29', '9999-12-31'] },
  tim: { type: 'time', pool: ['00:00:00', '12:30:00.5', '23:59:59.999999'] },
  mom: {
    type: 'timestamp',
    pool: ['2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2026-11-20T18:30:00.123456Z'],
  },
  dur: { type: 'interval', pool: ['P-1D', 'PT24H', 'P1D', 'P1M', 'P30D', 'P30DT0.000001S', 'PT0S'] },
  uid: {
    type: 'uuid',
    pool: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  },
  pick: { type: 'choice', options: ['x', 'y, z', '"'], pool: ['x', 'y, z', '"'] },
} as const;

const SQL_TYPES: Readonly<Record<keyof typeof TYPES, string>> = {
  txt: 'text',
  int: 'integer',
  big: 'bigint',
  dec: 'numeric',
  flt: 'double precision',
  bool: 'boolean',
  day: 'date',
  tim: 'time',
  mom: 'timestamptz',
  dur: 'interval',
  uid: 'uuid',
  pick: 'text',
};

type FieldName = keyof typeof TYPES;

const NAMES = Object.keys(TYPES) as readonly FieldName[];
const operatorsOf = (field: FieldName) =>
  (Object.keys(BY_HAND) as OperatorName[]).filter(
    (operator) =>
      (field === 'txt' || !TEXT_OPERATORS.includes(operator)) &&
      (field !== 'bool' || ['_eq', '_ne', '_in', '_nin'].includes(operator)),
  );

const SORTABLE = NAMES.filter((field) => operatorsOf(field).includes('_lt'));

interface Comparison {
  readonly field: FieldName;
  readonly operator: OperatorName;
  readonly values: readonly string[];
}

const comparisons: fc.Arbitrary<Comparison> = fc.constantFrom(...NAMES).chain((field) =>
  fc.record({
    field: fc.constant(field),
    operator: fc.constantFrom(...operatorsOf(field)),
    values: fc.tuple(fc.constantFrom(...TYPES[field].pool), fc.constantFrom(...TYPES[field].pool)),
  }),
);

/** The condition by hand; `from` is the number of the parameter that holds the values. */
function byHand({ field, operator }: Comparison, from: number): string {
  const type = SQL_TYPES[field];
  return BY_HAND[operator](`"${field}"`, type).replaceAll('$1', `($${from}::text[])`);
}

describe('a list', () => {
  let system: InProcess;
  const list = (query: string) => system.get(`/v1/main/records/thing?${query}`);
  const idsOf = (answer: { readonly body: { readonly data: readonly { readonly id: string }[] } }) =>
    answer.body.data.map(({ id }) => id);
  const filtered = async (filter: unknown) => {
    const answer = await list(
      `limit=1000&sort=id&select=id&filter=${encodeURIComponent(JSON.stringify(filter))}`,
    );
    expect(answer.body.errors ?? []).toEqual([]);
    return idsOf(answer);
  };
  const selected = async (condition: string, params: readonly unknown[]) => {
    const rows = await system.parts.sql(
      `select id from main_data.thing where ${condition} order by id`,
      params,
    );
    return rows.map((row) => row['id']);
  };

  beforeAll(async () => {
    system = await InProcess.start();
    const fields = NAMES.map((name) => {
      const { pool: _pool, ...field } = TYPES[name];
      return { name, ...field };
    });
    const price = { name: 'price', type: 'decimal', precision: 6, scale: 2 };
    await settled(putModel(system, 'thing', { fields: [...fields, price] }));
    const record = fc.record(
      Object.fromEntries(NAMES.map((name) => [name, fc.option(fc.constantFrom(...TYPES[name].pool))])),
    );
    const typed = fc.sample(record, { numRuns: 150, seed: 7 }).map((values) => ({
      ...values,
      int: values['int'] ? Number(values['int']) : null,
      flt: values['flt'] ? Number(values['flt']) : null,
      bool: values['bool'] ? values['bool'] === 'true' : null,
    }));
    const made = await system.request('POST', '/v1/main/records/thing', [...typed, { price: '1.25' }]);
    expect(made.body.errors ?? made.status).toBe(201);
  });
  afterAll(() => system.stop());

  /** A change, with its messages delivered while it is waited for. */
  async function settled<T>(sent: Promise<T>): Promise<T> {
    let isAnswered = false;
    const answer = sent.finally(() => {
      isAnswered = true;
    });
    while (!isAnswered) {
      await system.deliverAll();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return answer;
  }

  test.each(NAMES.flatMap((field) => operatorsOf(field).map((operator) => [field, operator] as const)))(
    'by %s %s is the same as the query written by hand',
    async (field, operator) => {
      const { pool } = TYPES[field];
      for (const [n, value] of pool.entries()) {
        const comparison = { field, operator, values: [value, pool[(n + 1) % pool.length] ?? value] };
        const ids = await filtered({
          [field]: { [operator]: argumentOf(comparison.operator, comparison.values) },
        });
        expect(ids).toEqual(await selected(byHand(comparison, 1), [comparison.values]));
      }
    },
  );

  test.each(NAMES)('by %s _null finds what has none, and what has one', async (field) => {
    expect(await filtered({ [field]: { _null: true } })).toEqual(await selected(`"${field}" is null`, []));
    expect(await filtered({ [field]: { _null: false } })).toEqual(
      await selected(`"${field}" is not null`, []),
    );
  });

  test('by a tree of conditions is the same as the query written by hand', async () => {
    interface Tree {
      readonly filter: unknown;
      readonly sql: (params: unknown[]) => string;
    }
    const leaf = comparisons.map(
      (comparison): Tree => ({
        filter: {
          [comparison.field]: { [comparison.operator]: argumentOf(comparison.operator, comparison.values) },
        },
        sql: (params) => `(${byHand(comparison, params.push(comparison.values))})`,
      }),
    );
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 })).map(
          ([word, trees]): Tree => ({
            filter: { [`_${word}`]: trees.map(({ filter }) => filter) },
            sql: (params) => `(${trees.map(({ sql }) => sql(params)).join(` ${word} `)})`,
          }),
        ),
        tie('tree').map(
          (inner): Tree => ({
            filter: { _not: inner.filter },
            sql: (params) => `(${inner.sql(params)} is not true)`,
          }),
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async ({ filter, sql }) => {
        const params: unknown[] = [];
        const condition = sql(params);
        expect(await filtered(filter)).toEqual(await selected(condition, params));
      }),
      { numRuns: 150 },
    );
  });

  test('takes the same filter as JSON and as parameters of the query string', async () => {
    const flat = await list(
      'filter[txt][_in]=a,ab&filter[_or][0][int][_gte]=0&filter[_or][1][bool][_eq]=true&sort=id&limit=1000',
    );
    const ids = await filtered({
      txt: { _in: ['a', 'ab'] },
      _or: [{ int: { _gte: 0 } }, { bool: { _eq: true } }],
    });
    expect(idsOf(flat)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(0);
  });

  test('is in the order of its sort, nulls last, and first where it descends, whatever the page', async () => {
    const sorts = fc.uniqueArray(fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...SORTABLE)), {
      maxLength: 3,
      selector: ([, field]) => field,
    });
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 7, max: 200 }), async (sort, limit) => {
        const keys = sort.map(
          ([sign, field]) => `"${field}"${sign === '-' ? ' desc nulls first' : ' asc nulls last'}`,
        );
        const last = sort.at(-1)?.[0] === '-' ? 'id desc' : 'id';
        const rows = await system.parts.sql(
          `select id from main_data.thing order by ${[...keys, last].join(', ')}`,
        );
        const query = `select=id&limit=${limit}&sort=${sort.map((key) => key.join('')).join()}`;
        const seen: string[] = [];
        for (let next: string | null = ''; next !== null; ) {
          const page = await list(next === '' ? query : `${query}&cursor=${next}`);
          expect(page.body.errors ?? page.status).toBe(200);
          seen.push(...idsOf(page));
          next = page.body.page.next;
        }
        expect(seen).toEqual(rows.map((row) => row['id']));
      }),
      { numRuns: 40 },
    );
  });

  test('by a decimal of more digits than the field has finds what has them, and nothing rounded', async () => {
    expect(await filtered({ price: { _eq: '1.25' } })).toHaveLength(1);
    expect(await filtered({ price: { _eq: '1.254' } })).toEqual([]);
    expect(await filtered({ price: { _in: ['1.254', '1.246'] } })).toEqual([]);
    expect(await filtered({ price: { _gt: '1.246' } })).toHaveLength(1);
    expect(await filtered({ price: { _gt: '1.254' } })).toEqual([]);
  });

  test('answers the fields that are selected, in their order, and how many there are in all', async () => {
    const answer = await list('select=int,txt&filter[int][_eq]=0&count=exact&limit=1');
    expect(Object.keys(answer.body.data[0])).toEqual(['int', 'txt']);
    const [row] = await system.parts.sql('select count(*)::integer as n from main_data.thing where int = 0');
    expect(answer.body.page).toMatchObject({ limit: 1, total: row?.['n'] });
    const whole = await list('limit=1');
    expect(Object.keys(whole.body.data[0])).toEqual(['id', 'created_at', 'updated_at', ...NAMES, 'price']);
  });

  test('goes on at its cursor while rows come and go, and while the field of its sort is renamed', async () => {
    const all = idsOf(await list('sort=txt&limit=1000'));
    const first = await list('sort=txt&limit=60');
    const gone = all[80] ?? '';
    await system.request('DELETE', `/v1/main/records/thing/${gone}`);
    await system.request('POST', '/v1/main/records/thing', [{ txt: ' first of all' }, { txt: '~ of none' }]);
    const renamed = await settled(
      change(system, operations({ op: 'renameField', model: 'thing', from: 'txt', to: 'words' })),
    );
    expect(renamed.body.status).toBe('done');
    const rest = await list(`sort=words&limit=1000&cursor=${first.body.page.next}`);
    const seen = [...idsOf(first), ...idsOf(rest)];
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => all.includes(id))).toEqual(all.filter((id) => id !== gone));
  });
});
