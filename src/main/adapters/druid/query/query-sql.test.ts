import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { DIMENSIONS, LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import type { EngineQuery } from '../../../services/analytics/ports.ts';
import { createDruidAnalyticsEngine } from './analytics-engine.ts';
import type { DruidSql, DruidValue } from './druid-sql.ts';

const CHUNKS = ['2024-02', '2024-03', '2024-05'].map((chunk) => ({
  chunk,
  generation: 1,
  path: '/x',
  rows: 2,
}));
const COLUMNS = [...DIMENSIONS, ...LEDGER_COLUMNS.map((name) => `${name}_e4`), 'lineItemCount'];

interface Asked {
  readonly sql: string;
  readonly values: readonly string[];
  readonly context: Readonly<Record<string, unknown>>;
}

let asked: Asked[];
/** What the next questions about rows are answered with; facts are answered as of complete, small columns. */
let answer: (statement: Asked, signal: AbortSignal | undefined) => Promise<DruidValue[][]>;

const druid: DruidSql = {
  async sql(sql, parameters, context, signal) {
    const statement = { sql, values: parameters.map(({ value }) => value), context };
    if (sql.includes('INFORMATION_SCHEMA')) return { rows: COLUMNS.map((name) => [name]) };
    if (sql.startsWith('EXPLAIN')) return { rows: [] };
    if (sql.startsWith(`SELECT TIME_FLOOR("__time", 'P1M'), COUNT(*)`))
      return {
        rows: CHUNKS.map(({ chunk, rows }) => [
          `${chunk}-01T00:00:00.000Z`,
          rows,
          ...COLUMNS.flatMap(() => [rows, 0, 0]),
        ]),
      };
    if (sql.startsWith('SELECT COUNT(DISTINCT')) return { rows: [[3]] };
    asked.push(statement);
    return { rows: await answer(statement, signal) };
  },
};

const question = (parts: Partial<EngineQuery>): EngineQuery => ({
  metrics: ['totalRevenue'],
  dimensions: [],
  period: null,
  comparisons: [],
  grain: null,
  filters: [],
  sort: [],
  limit: 100,
  totals: false,
  ...parts,
});
const engine = createDruidAnalyticsEngine({ druid, datasource: 'sales' });
const ask = (parts: Partial<EngineQuery>, signal = new AbortController().signal) =>
  engine.query(question(parts), CHUNKS, signal);

beforeEach(() => {
  asked = [];
  answer = () => Promise.resolve([]);
});

describe('what a question becomes', () => {
  test('listed months only, joined where they follow one another and cut by the period', async () => {
    await ask({ period: { from: '2024-02-15', to: '2024-12-31' }, grain: 'week', dimensions: ['Branch'] });
    expect(asked.map(({ sql }) => sql)).toEqual([
      `SELECT "Branch", TIME_FLOOR("__time", 'P1W'), COUNT(*), SUM("grossRevenue_e4") FROM "sales" WHERE ` +
        `(("__time" >= TIMESTAMP '2024-02-15 00:00:00' AND "__time" <= TIMESTAMP '2024-03-31 23:59:59.999') OR ` +
        `("__time" >= TIMESTAMP '2024-05-01 00:00:00' AND "__time" <= TIMESTAMP '2024-05-31 23:59:59.999')) GROUP BY 1, 2`,
    ]);
    expect(asked[0]?.context).toMatchObject({
      sqlTimeZone: 'UTC',
      useApproximateCountDistinct: false,
      useApproximateTopN: false,
    });
  });

  test('nothing that a person typed stands in a statement; values are bound in their order', async () => {
    const hostile = ["x' OR '1'='1", '"; DROP TABLE sales; --', '?', '$1', '$2', "\\'", '\0'];
    await ask({
      filters: [
        { dimension: 'Branch', op: 'in', values: hostile },
        { dimension: 'CardName', op: 'contains', text: "İ'; --" },
        { dimension: 'ItemName', op: 'not-in', values: ['a', null, 'a'] },
        { dimension: 'ItemGroup', op: 'in', values: Array.from({ length: 300 }, (_, i) => `' ${i}`) },
      ],
    });
    const [statement] = asked;
    for (const text of ["'1'='1", 'DROP', '--', '$', '\\', '\0', "' 7"])
      expect(statement?.sql).not.toContain(text);
    expect(statement?.sql.match(/\?/g)).toHaveLength(statement?.values.length ?? 0);
    // The joined list comes before the conditions.
    expect(statement?.values.slice(0, 2)).toEqual(["' 0", "' 1"]);
    expect(statement?.values.slice(300)).toEqual([...hostile, "i'; --", 'a']);
  });

  test('names that are not in the catalogue never get into SQL', async () => {
    await expect(ask({ metrics: ['totalRevenue"; --'] })).rejects.toMatchObject({
      code: 'analytics.unknown_metric',
    });
    await expect(ask({ dimensions: ['Branch'], sort: [{ column: 'x"', direction: 'asc' }] })).rejects.toThrow(
      RangeError,
    );
    await expect(ask({ period: { from: "2024-02-01' OR '", to: '2024-03-01' } })).rejects.toThrow(RangeError);
    expect(asked.map(({ sql }) => sql).join()).not.toContain('--');
  });
});

describe('what comes back', () => {
  test('every digit of a long; a number that lost digits is refused', async () => {
    answer = () => Promise.resolve([[2, 90_071_992_547_409_920n]]);
    expect((await ask({})).rows).toEqual([[9_007_199_254_740.992]]);
    answer = () => Promise.resolve([[2, 9_007_199_254_740_994]]);
    await expect(ask({})).rejects.toThrow(/not a whole number/);
  });

  test('a sketch that holds more than it counts exactly is not believed: the column is counted by itself', async () => {
    answer = ({ sql }) =>
      Promise.resolve(
        sql.includes('THETA') ? [[2, 400]] : [[2, ...(sql.includes('(DISTINCT') ? [401] : [])]],
      );
    expect((await ask({ metrics: ['uniqueCustomers'] })).rows).toEqual([[401]]);
    expect(asked.map(({ sql }) => /THETA|COUNT\(DISTINCT/.exec(sql)?.[0])).toEqual([
      undefined,
      'THETA',
      'COUNT(DISTINCT',
    ]);
  });

  test('a statement that fails ends the others of its question', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    answer = ({ sql }, signal) => {
      signals.push(signal);
      if (sql.includes('GROUP BY')) return Promise.reject(new AppError('druid.query_timeout', 'timeout'));
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    };
    await expect(
      ask({ dimensions: ['Branch'], metrics: ['uniqueCustomers'], totals: true }),
    ).rejects.toMatchObject({ code: 'druid.query_timeout' });
    expect(signals).toHaveLength(2);
    expect(signals.every((signal) => signal?.aborted)).toBe(true);
  });
});
