import { distinct, metric, minus, negate, plus, ratio, sum, type MetricExpression } from './expression.ts';

export type MetricUnit = 'KES' | 'ratio' | 'count' | 'units' | 'KES per transaction' | 'KES per unit';

/** A figure of Mauzo, defined once. Pages, exports, targets and the command line name metrics by `id`. */
export interface MetricDefinition {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** The formula in words, as the info text of a card shows it. */
  readonly formula: string;
  readonly unit: MetricUnit;
  /** Decimals shown in tables; cards abbreviate. */
  readonly decimals: number;
  /** Additive metrics may be summed over groups and periods; all others are recomputed. */
  readonly additive: boolean;
  /** Which way is better; `neutral` changes carry no colour. */
  readonly goodDirection: 'up' | 'down' | 'neutral';
  /** Values outside this range are shown and flagged, never replaced. */
  readonly plausible?: readonly [number, number];
  readonly expression: MetricExpression;
}

const counted = (id: string, label: string, column: string, what: string): MetricDefinition => ({
  id,
  label,
  description: `How many different ${what} had sales or returns.`,
  formula: `Exact number of distinct ${what}`,
  unit: 'count',
  decimals: 0,
  additive: false,
  goodDirection: 'up',
  expression: distinct(column),
});

export const METRICS = [
  {
    id: 'totalRevenue',
    label: 'Total revenue',
    description: 'What customers were charged, before returns.',
    formula: 'Sum of gross revenue',
    unit: 'KES',
    decimals: 2,
    additive: true,
    goodDirection: 'up',
    expression: sum('grossRevenue'),
  },
  {
    id: 'returnsValue',
    label: 'Returns value',
    description: 'What was credited for returned goods; zero or negative.',
    formula: 'Sum of returns value',
    unit: 'KES',
    decimals: 2,
    additive: true,
    goodDirection: 'up',
    expression: sum('returnsValue'),
  },
  {
    id: 'netSales',
    label: 'Net sales',
    description: 'Revenue after returns; also called total sales.',
    formula: 'Total revenue + returns value',
    unit: 'KES',
    decimals: 2,
    additive: true,
    goodDirection: 'up',
    expression: plus(metric('totalRevenue'), metric('returnsValue')),
  },
  {
    id: 'totalCost',
    label: 'Total cost',
    description: 'What the goods sold cost us.',
    formula: 'Sum of total cost',
    unit: 'KES',
    decimals: 2,
    additive: true,
    goodDirection: 'neutral',
    expression: sum('totalCost'),
  },
  {
    id: 'grossProfit',
    label: 'Gross profit',
    description: 'What is left of revenue after the cost of goods.',
    formula: 'Total revenue − total cost',
    unit: 'KES',
    decimals: 2,
    additive: true,
    goodDirection: 'up',
    expression: minus(metric('totalRevenue'), metric('totalCost')),
  },
  {
    id: 'grossMargin',
    label: 'Gross margin',
    description: 'Gross profit as a share of revenue; blank when there is no revenue.',
    formula: 'Gross profit ÷ total revenue',
    unit: 'ratio',
    decimals: 1,
    additive: false,
    goodDirection: 'up',
    plausible: [-1, 1],
    expression: ratio(metric('grossProfit'), metric('totalRevenue')),
  },
  {
    id: 'totalTransactions',
    label: 'Transactions',
    description: 'Line items sold or returned.',
    formula: 'Sum of line items',
    unit: 'count',
    decimals: 0,
    additive: true,
    goodDirection: 'up',
    expression: sum('lineItemCount'),
  },
  {
    id: 'rowCount',
    label: 'Rows',
    description: 'Rows of data behind the figure.',
    formula: 'Number of rows',
    unit: 'count',
    decimals: 0,
    additive: true,
    goodDirection: 'neutral',
    expression: { kind: 'count' },
  },
  {
    id: 'averageTransaction',
    label: 'Average transaction',
    description: 'Revenue per line item.',
    formula: 'Total revenue ÷ transactions',
    unit: 'KES per transaction',
    decimals: 2,
    additive: false,
    goodDirection: 'up',
    expression: ratio(metric('totalRevenue'), metric('totalTransactions')),
  },
  {
    id: 'unitsSold',
    label: 'Units sold',
    description: 'Quantity sold, before returns.',
    formula: 'Sum of units sold',
    unit: 'units',
    decimals: 0,
    additive: true,
    goodDirection: 'up',
    expression: sum('unitsSold'),
  },
  {
    id: 'unitsReturned',
    label: 'Units returned',
    description: 'Quantity returned; zero or negative.',
    formula: 'Sum of units returned',
    unit: 'units',
    decimals: 0,
    additive: true,
    goodDirection: 'up',
    expression: sum('unitsReturned'),
  },
  {
    id: 'netUnitsSold',
    label: 'Net units sold',
    description: 'Quantity sold after returns.',
    formula: 'Units sold + units returned',
    unit: 'units',
    decimals: 0,
    additive: true,
    goodDirection: 'up',
    expression: plus(metric('unitsSold'), metric('unitsReturned')),
  },
  {
    id: 'averagePrice',
    label: 'Average price',
    description: 'Revenue per unit sold.',
    formula: 'Total revenue ÷ units sold',
    unit: 'KES per unit',
    decimals: 2,
    additive: false,
    goodDirection: 'neutral',
    expression: ratio(metric('totalRevenue'), metric('unitsSold')),
  },
  {
    id: 'returnRate',
    label: 'Return rate',
    description: 'Returns as a share of revenue; blank when there is no revenue.',
    formula: '− returns value ÷ total revenue',
    unit: 'ratio',
    decimals: 2,
    additive: false,
    goodDirection: 'down',
    plausible: [0, 1],
    expression: ratio(negate(metric('returnsValue')), metric('totalRevenue')),
  },
  counted('uniqueProducts', 'Unique products', 'ItemName', 'items'),
  counted('uniqueBranches', 'Unique branches', 'Branch', 'branches'),
  counted('uniqueEmployees', 'Unique salespeople', 'SalesPerson', 'salespeople'),
  counted('uniqueCustomers', 'Unique customers', 'CardName', 'customers'),
  counted('uniqueAccounts', 'Unique accounts', 'AcctName', 'accounts'),
  counted('uniqueProductLines', 'Unique product lines', 'ProductLine', 'product lines'),
  counted('uniqueItemGroups', 'Unique item groups', 'ItemGroup', 'item groups'),
] as const satisfies readonly MetricDefinition[];

export type MetricId = (typeof METRICS)[number]['id'];

const byId: ReadonlyMap<string, MetricDefinition> = new Map(METRICS.map((entry) => [entry.id, entry]));

/** The metric of that id, or undefined: unknown names are the caller's to refuse, with their position. */
export function findMetric(id: string): MetricDefinition | undefined {
  return byId.get(id);
}
