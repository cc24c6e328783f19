import type { Cell, Filter, Grain, Period, Query } from '#shared/domain/query';

/**
 * An oracle for queries, written from docs/architecture.md and not from the engine: plain loops over rows, fractions of
 * BigInt, calendar arithmetic by Date. It knows its metrics by their formulas in words, not by the catalogue's trees.
 */
export interface OracleRow {
  /** `yyyy-mm-ddThh:mm:ss` */
  readonly time: string;
  readonly text: Readonly<Record<string, string | null>>;
  /** Integers of 1/10,000. */
  readonly amount: Readonly<Record<string, bigint | null>>;
  readonly lineItemCount: bigint;
}

/** Numerator and denominator. */
type Fraction = readonly [bigint, bigint];
type Value = Fraction | null;

type Formula = { readonly inputs: readonly string[]; readonly over: (rows: readonly OracleRow[]) => Value };

const total = (rows: readonly OracleRow[], column: string): Value => {
  let sum: bigint | null = null;
  for (const row of rows) {
    const amount = column === 'lineItemCount' ? row.lineItemCount * 10_000n : row.amount[column];
    if (amount !== null && amount !== undefined) sum = (sum ?? 0n) + amount;
  }
  return sum === null ? null : [sum, 10_000n];
};
const add = (a: Value, b: Value): Value => a && b && [a[0] * b[1] + b[0] * a[1], a[1] * b[1]];
const minus = (a: Value): Value => a && [-a[0], a[1]];
const divide = (a: Value, b: Value): Value => {
  if (!a || !b || b[0] === 0n) return null;
  const sign = b[0] < 0n ? -1n : 1n;
  return [sign * a[0] * b[1], sign * a[1] * b[0]];
};
const sumOf = (column: string): Formula => ({ inputs: [column], over: (rows) => total(rows, column) });
const different = (column: string): Formula => ({
  inputs: [column],
  over: (rows) => {
    const values = new Set(rows.map((row) => row.text[column]));
    return values.size === 0 ? null : [BigInt(values.size), 1n];
  },
});

const FORMULAS = new Map<string, Formula>([
  ['totalRevenue', sumOf('grossRevenue')],
  ['returnsValue', sumOf('returnsValue')],
  ['totalCost', sumOf('totalCost')],
  ['unitsSold', sumOf('unitsSold')],
  ['unitsReturned', sumOf('unitsReturned')],
  ['totalTransactions', sumOf('lineItemCount')],
  ['rowCount', { inputs: [], over: (rows) => [BigInt(rows.length), 1n] }],
  [
    'netSales',
    {
      inputs: ['grossRevenue', 'returnsValue'],
      over: (rows) => add(total(rows, 'grossRevenue'), total(rows, 'returnsValue')),
    },
  ],
  [
    'grossProfit',
    {
      inputs: ['grossRevenue', 'totalCost'],
      over: (rows) => add(total(rows, 'grossRevenue'), minus(total(rows, 'totalCost'))),
    },
  ],
  [
    'grossMargin',
    {
      inputs: ['grossRevenue', 'totalCost'],
      over: (rows) =>
        divide(
          add(total(rows, 'grossRevenue'), minus(total(rows, 'totalCost'))),
          total(rows, 'grossRevenue'),
        ),
    },
  ],
  [
    'averageTransaction',
    {
      inputs: ['grossRevenue', 'lineItemCount'],
      over: (rows) => divide(total(rows, 'grossRevenue'), total(rows, 'lineItemCount')),
    },
  ],
  [
    'netUnitsSold',
    {
      inputs: ['unitsSold', 'unitsReturned'],
      over: (rows) => add(total(rows, 'unitsSold'), total(rows, 'unitsReturned')),
    },
  ],
  [
    'averagePrice',
    {
      inputs: ['grossRevenue', 'unitsSold'],
      over: (rows) => divide(total(rows, 'grossRevenue'), total(rows, 'unitsSold')),
    },
  ],
  [
    'returnRate',
    {
      inputs: ['grossRevenue', 'returnsValue'],
      over: (rows) => divide(minus(total(rows, 'returnsValue')), total(rows, 'grossRevenue')),
    },
  ],
  ['uniqueProducts', different('ItemName')],
  ['uniqueBranches', different('Branch')],
  ['uniqueEmployees', different('SalesPerson')],
  ['uniqueCustomers', different('CardName')],
  ['uniqueAccounts', different('AcctName')],
  ['uniqueProductLines', different('ProductLine')],
  ['uniqueItemGroups', different('ItemGroup')],
]);
export const ORACLE_METRICS = [...FORMULAS.keys()];

const formulaOf = (metric: string): Formula => {
  const formula = FORMULAS.get(metric);
  if (!formula) throw new Error(`the oracle does not know ${metric}`);
  return formula;
};

const has = (row: OracleRow, column: string): boolean =>
  column === 'lineItemCount' || (row.text[column] ?? row.amount[column] ?? null) !== null;

const valueOver = (metric: string, rows: readonly OracleRow[]): Value => {
  const { inputs, over } = formulaOf(metric);
  return over(rows.filter((row) => inputs.every((column) => has(row, column))));
};

/** Decimal expansion of 60 digits, read by the language: the nearest double for all practical purposes. */
export function toDouble(value: Value): number | null {
  if (!value) return null;
  const [numerator, denominator] = value;
  const digits = (numerator * 10n ** 60n) / denominator;
  return Number(`${digits}e-60`) + 0;
}

const passes = (row: OracleRow, filter: Filter): boolean => {
  const value = row.text[filter.dimension] ?? null;
  if (filter.op === 'contains')
    return value !== null && value.toLowerCase().includes(filter.text.toLowerCase());
  return filter.values.includes(value) === (filter.op === 'in');
};

const inside = (row: OracleRow, period: Period | null): boolean => {
  const day = row.time.slice(0, 10);
  return period === null || (period.from <= day && day <= period.to);
};

const DAY = 86_400_000;
const at = (day: string): number => new Date(`${day}T00:00:00Z`).getTime();
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);

function bucketNumber(day: string, grain: Grain): number {
  const date = new Date(at(day));
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  switch (grain) {
    case 'day':
      return at(day) / DAY;
    case 'week':
      return Math.floor((at(day) / DAY + 3) / 7);
    case 'month':
      return months;
    case 'quarter':
      return Math.floor(months / 3);
    case 'year':
    default:
      return date.getUTCFullYear();
  }
}

function bucketDay(number: number, grain: Grain): string {
  switch (grain) {
    case 'day':
      return iso(number * DAY);
    case 'week':
      return iso((number * 7 - 3) * DAY);
    case 'month':
      return iso(Date.UTC(Math.floor(number / 12), number % 12, 1));
    case 'quarter':
      return iso(Date.UTC(Math.floor(number / 4), (number % 4) * 3, 1));
    case 'year':
    default:
      return iso(Date.UTC(number, 0, 1));
  }
}

interface Group {
  readonly key: Cell[];
  readonly rows: OracleRow[][];
}

/** What the answer must be: periods are given, as decided. Sorting and the limit are the caller's to check. */
export function evaluateQuery(
  query: Query,
  rows: readonly OracleRow[],
  periods: readonly (Period | null)[],
): { rows: Cell[][]; totals: Cell[]; coverage: Map<string, number> } {
  const kept = rows.filter((row) => query.filters.every((filter) => passes(row, filter)));
  const groups = new Map<string, Group>();
  const { grain } = query;
  const first = periods[0] ?? null;
  for (const [index, period] of periods.entries())
    for (const row of kept.filter((candidate) => inside(candidate, period))) {
      const key: Cell[] = query.dimensions.map((dimension) => row.text[dimension] ?? null);
      if (grain) {
        const shift =
          period && first ? bucketNumber(first.from, grain) - bucketNumber(period.from, grain) : 0;
        key.push(bucketDay(bucketNumber(row.time.slice(0, 10), grain) + shift, grain));
      }
      const name = JSON.stringify(key);
      const group = groups.get(name) ?? { key, rows: periods.map(() => []) };
      groups.set(name, group);
      group.rows[index]?.push(row);
    }
  const cells = (byPeriod: readonly (readonly OracleRow[])[]): Cell[] => {
    const [current = [], ...compared] = byPeriod.map((part) =>
      query.metrics.map((metric) => valueOver(metric, part)),
    );
    return [
      ...current.map(toDouble),
      ...compared.flatMap((previous) =>
        previous.flatMap((before, index) => {
          const now = current[index] ?? null;
          const change = add(now, minus(before));
          const size = before && before[0] < 0n ? minus(before) : before;
          return [before, change, divide(change && [change[0] * 100n, change[1]], size)].map(toDouble);
        }),
      ),
    ];
  };
  const whole = periods.map((period) => kept.filter((row) => inside(row, period)));
  const coverage = new Map<string, number>();
  for (const metric of query.metrics) {
    const share = coverageOf(metric, whole[0] ?? []);
    if (share !== null) coverage.set(metric, share);
  }
  const blanks: Cell[] = [...query.dimensions.map(() => null), ...(grain ? [null] : [])];
  const grouped = query.dimensions.length > 0 || grain !== undefined;
  return {
    rows: grouped
      ? [...groups.values()].map((group) => [...group.key, ...cells(group.rows)])
      : [cells(whole)],
    totals: [...blanks, ...cells(whole)],
    coverage,
  };
}

function coverageOf(metric: string, rows: readonly OracleRow[]): number | null {
  const { inputs } = formulaOf(metric);
  const complete = rows.filter((row) => inputs.every((column) => has(row, column)));
  const turnover = (some: readonly OracleRow[]): bigint =>
    some.reduce(
      (sum, { amount: { grossRevenue = null } }) =>
        sum + ((grossRevenue ?? 0n) < 0n ? -(grossRevenue ?? 0n) : (grossRevenue ?? 0n)),
      0n,
    );
  const byTurnover = turnover(rows) > 0n;
  const [part, all] = [complete, rows].map((some) => (byTurnover ? turnover(some) : BigInt(some.length)));
  if (part === undefined || all === undefined) return null;
  if (part === all) return null;
  // Not complete is never told as 1, however little is missing.
  return Math.min(toDouble([part, all]) ?? 0, 0.9999999999999999);
}
