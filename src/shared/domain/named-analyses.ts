import type { Comparison, Filter, Grain, Period, Query } from './query.ts';
import type { Dimension } from './sales-schema.ts';

/** What a person may choose for a named analysis; each analysis has its own defaults for what is left out. */
export interface AnalysisParameters {
  /** Absent: all data. */
  readonly period?: Period | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly compare?: readonly Comparison[] | undefined;
  readonly grain?: Grain | undefined;
  readonly limit?: number | undefined;
  /** What `profitability`, `product-analytics` and `heatmap` group by. */
  readonly by?: Dimension | undefined;
}

interface NamedAnalysis {
  readonly label: string;
  readonly description: string;
  readonly query: (parameters: AnalysisParameters) => Query;
}

const BOTH: readonly Comparison[] = ['previous-period', 'same-period-last-year'];

interface Shape {
  readonly metrics: readonly string[];
  readonly dimensions?: readonly Dimension[];
  readonly grain?: Grain | undefined;
  readonly compare?: readonly Comparison[];
  /** Descending; without one rows come by time, then by dimensions. */
  readonly sortBy?: string;
  readonly limit?: number;
  readonly totals?: boolean;
}

function shaped(shape: Shape, parameters: AnalysisParameters): Query {
  const { period } = parameters;
  const grain = shape.grain ?? parameters.grain;
  return {
    metrics: [...shape.metrics],
    dimensions: [...(shape.dimensions ?? [])],
    ...(period && { period }),
    ...(grain && { grain }),
    filters: [...(parameters.filters ?? [])],
    compare: [...(parameters.compare ?? shape.compare ?? [])],
    sort: shape.sortBy === undefined || grain ? [] : [{ column: shape.sortBy, direction: 'desc' }],
    limit: parameters.limit ?? shape.limit ?? 1_000,
    totals: shape.totals ?? true,
  };
}

/** Analyses that are plain questions to the catalogue, by the name under which the command line and pages know them. */
export const NAMED_ANALYSES = {
  'revenue-summary': {
    label: 'Revenue summary',
    description: 'Revenue, returns, profit and activity of the period against earlier periods.',
    query: (parameters) =>
      shaped(
        {
          metrics: [
            'totalRevenue',
            'returnsValue',
            'netSales',
            'totalCost',
            'grossProfit',
            'grossMargin',
            'totalTransactions',
            'averageTransaction',
            'returnRate',
            'uniqueBranches',
            'uniqueProducts',
            'uniqueEmployees',
            'uniqueCustomers',
          ],
          compare: BOTH,
          totals: false,
        },
        parameters,
      ),
  },
  'sales-performance': {
    label: 'Sales performance',
    description: 'What each salesperson sold, with profit, returns and reach.',
    query: (parameters) =>
      shaped(
        {
          metrics: [
            'netSales',
            'totalRevenue',
            'grossProfit',
            'grossMargin',
            'returnRate',
            'totalTransactions',
            'averageTransaction',
            'uniqueCustomers',
            'uniqueProducts',
          ],
          dimensions: ['SalesPerson'],
          compare: ['previous-period'],
          sortBy: 'netSales',
        },
        parameters,
      ),
  },
  'product-analytics': {
    label: 'Product analytics',
    description: 'Revenue, quantity, price and profit by item, or by item group or product line.',
    query: (parameters) =>
      shaped(
        {
          metrics: [
            'netSales',
            'totalRevenue',
            'unitsSold',
            'unitsReturned',
            'netUnitsSold',
            'averagePrice',
            'grossProfit',
            'grossMargin',
            'returnRate',
            'uniqueCustomers',
          ],
          dimensions: [parameters.by ?? 'ItemName'],
          sortBy: 'netSales',
        },
        parameters,
      ),
  },
  'branch-performance': {
    label: 'Branch performance',
    description: 'Revenue, profit, returns and activity of each branch.',
    query: (parameters) =>
      shaped(
        {
          metrics: [
            'netSales',
            'totalRevenue',
            'grossProfit',
            'grossMargin',
            'returnRate',
            'totalTransactions',
            'averageTransaction',
            'uniqueCustomers',
            'uniqueEmployees',
            'uniqueProducts',
          ],
          dimensions: ['Branch'],
          compare: ['previous-period'],
          sortBy: 'netSales',
        },
        parameters,
      ),
  },
  'branch-list': {
    label: 'Branch list',
    description: 'All branches with data, and how much.',
    query: (parameters) =>
      shaped({ metrics: ['rowCount', 'totalRevenue'], dimensions: ['Branch'], totals: false }, parameters),
  },
  'branch-growth': {
    label: 'Branch growth',
    description:
      'Net sales and profit of each branch against the previous period and last year, fastest growth first.',
    query: (parameters) => {
      const compare = parameters.compare ?? BOTH;
      const first = compare[0] ?? 'previous-period';
      return shaped(
        {
          metrics: ['netSales', 'grossProfit'],
          dimensions: ['Branch'],
          sortBy: `netSales.${first}.changePercent`,
        },
        { ...parameters, compare: compare.length > 0 ? compare : [first] },
      );
    },
  },
  heatmap: {
    label: 'Branch × product heatmap',
    description: 'Net sales, profit and margin of each branch by product line, item group or item.',
    query: (parameters) =>
      shaped(
        {
          metrics: ['netSales', 'grossProfit', 'grossMargin'],
          dimensions: ['Branch', parameters.by ?? 'ProductLine'],
          limit: 100_000,
        },
        parameters,
      ),
  },
  profitability: {
    label: 'Profitability',
    description: 'Revenue, cost, profit and margin by any dimension.',
    query: (parameters) =>
      shaped(
        {
          metrics: ['totalRevenue', 'totalCost', 'grossProfit', 'grossMargin'],
          dimensions: [parameters.by ?? 'ProductLine'],
          sortBy: 'grossProfit',
        },
        parameters,
      ),
  },
  'margin-trend': {
    label: 'Margin trend',
    description: 'Net sales, profit and margin over time.',
    query: (parameters) =>
      shaped(
        {
          metrics: ['netSales', 'totalRevenue', 'grossProfit', 'grossMargin'],
          grain: parameters.grain ?? 'month',
        },
        parameters,
      ),
  },
  'returns-analysis': {
    label: 'Returns analysis',
    description: 'Value, quantity and rate of returns by item, or by any other dimension; the largest first.',
    query: (parameters) => {
      const query = shaped(
        {
          metrics: ['returnsValue', 'returnRate', 'unitsReturned', 'totalRevenue'],
          dimensions: [parameters.by ?? 'ItemName'],
        },
        parameters,
      );
      // Returns are negative: the largest come first in ascending order.
      return parameters.grain ? query : { ...query, sort: [{ column: 'returnsValue', direction: 'asc' }] };
    },
  },
} as const satisfies Readonly<Record<string, NamedAnalysis>>;

export type NamedAnalysisId = keyof typeof NAMED_ANALYSES;
export const NAMED_ANALYSIS_IDS: readonly string[] = Object.keys(NAMED_ANALYSES);

/** The analysis of that name, or undefined; `__proto__` and the like are plain unknown names. */
export function findAnalysis(name: string): NamedAnalysis | undefined {
  return NAMED_ANALYSIS_IDS.includes(name) ? NAMED_ANALYSES[name as NamedAnalysisId] : undefined;
}
