/**
 * The sales dataset: what a canonical row holds. Money and quantities are exact decimals with four places
 * (integers of 1/10,000), DECIMAL(18,4) in Parquet and DuckDB; `__time` is business wall-clock time without a zone.
 */
export const SALES_DATASET = 'sales_analytics';

export type FieldType = 'timestamp' | 'string' | 'money' | 'quantity' | 'integer';

export interface SalesField {
  readonly id: string;
  readonly label: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly description: string;
  /** Header names under which the column comes in files; matched case- and punctuation-blind. */
  readonly synonyms: readonly string[];
}

export const SALES_FIELDS = [
  {
    id: '__time',
    label: 'Date',
    type: 'timestamp',
    required: true,
    description: 'When the sale was posted, in local time.',
    synonyms: [
      'date',
      'posting date',
      'post date',
      'order date',
      'invoice date',
      'doc date',
      'document date',
      'transaction date',
      'sale date',
      'sales date',
      'time',
      'timestamp',
      'datetime',
      'date time',
      'txn date',
      'tarehe',
      'day',
    ],
  },
  {
    id: 'Branch',
    label: 'Branch',
    type: 'string',
    required: true,
    description: 'The branch that made the sale.',
    synonyms: [
      'branch name',
      'store',
      'store name',
      'shop',
      'outlet',
      'location',
      'warehouse',
      'whs name',
      'depot',
      'site',
      'tawi',
      'branch code',
    ],
  },
  {
    id: 'grossRevenue',
    label: 'Gross revenue',
    type: 'money',
    required: true,
    description: 'What the customer was charged, before returns.',
    synonyms: [
      'gross revenue',
      'revenue',
      'sales',
      'sales amount',
      'gross sales',
      'amount',
      'total sales',
      'line total',
      'row total',
      'turnover',
      'amt',
      'amount kes',
      'sales kes',
      'amt kes',
      'net amount',
      'total amount',
      'sales value',
      'mauzo',
    ],
  },
  {
    id: 'returnsValue',
    label: 'Returns value',
    type: 'money',
    required: false,
    description: 'What was credited for returned goods; zero or negative.',
    synonyms: [
      'returns value',
      'returns',
      'return amount',
      'returns amount',
      'credit notes',
      'credit note amount',
      'return value',
      'sales returns',
      'returns kes',
      'refunds',
    ],
  },
  {
    id: 'unitsSold',
    label: 'Units sold',
    type: 'quantity',
    required: false,
    description: 'Quantity sold.',
    synonyms: [
      'units sold',
      'quantity',
      'qty',
      'qty sold',
      'quantity sold',
      'units',
      'pieces',
      'pcs',
      'sold qty',
      'idadi',
    ],
  },
  {
    id: 'unitsReturned',
    label: 'Units returned',
    type: 'quantity',
    required: false,
    description: 'Quantity returned; zero or negative.',
    synonyms: [
      'units returned',
      'qty returned',
      'quantity returned',
      'returned qty',
      'return qty',
      'returned units',
    ],
  },
  {
    id: 'totalCost',
    label: 'Total cost',
    type: 'money',
    required: false,
    description: 'What the goods cost us.',
    synonyms: [
      'total cost',
      'cost',
      'cogs',
      'cost of sales',
      'cost of goods sold',
      'cost amount',
      'cost value',
      'line cost',
      'cost kes',
      'total cost kes',
      'gharama',
    ],
  },
  {
    id: 'lineItemCount',
    label: 'Line items',
    type: 'integer',
    required: false,
    description: 'How many line items the row stands for; 1 when a file lacks it.',
    synonyms: [
      'line item count',
      'line items',
      'lines',
      'transactions',
      'transaction count',
      'invoice lines',
      'no of lines',
      'line count',
    ],
  },
  {
    id: 'ProductLine',
    label: 'Product line',
    type: 'string',
    required: false,
    description: 'The widest grouping of products.',
    synonyms: ['product line', 'category', 'department', 'division', 'product category', 'line'],
  },
  {
    id: 'ItemGroup',
    label: 'Item group',
    type: 'string',
    required: false,
    description: 'The grouping below the product line.',
    synonyms: [
      'item group',
      'sub category',
      'subcategory',
      'product group',
      'group',
      'item category',
      'item group name',
    ],
  },
  {
    id: 'ItemName',
    label: 'Item',
    type: 'string',
    required: false,
    description: 'The product sold.',
    synonyms: [
      'item name',
      'item',
      'product',
      'product name',
      'description',
      'item description',
      'sku name',
      'article',
      'bidhaa',
    ],
  },
  {
    id: 'SalesPerson',
    label: 'Salesperson',
    type: 'string',
    required: false,
    description: 'Who made the sale.',
    synonyms: [
      'sales person',
      'sales employee',
      'salesman',
      'sales rep',
      'rep',
      'employee',
      'seller',
      'slp name',
      'sales agent',
      'muuzaji',
      'sales representative',
    ],
  },
  {
    id: 'AcctName',
    label: 'Account',
    type: 'string',
    required: false,
    description: 'The ledger account or customer group of the sale.',
    synonyms: ['account', 'account name', 'acct name', 'gl account', 'customer group', 'segment', 'channel'],
  },
  {
    id: 'CardName',
    label: 'Customer',
    type: 'string',
    required: false,
    description: 'The customer.',
    synonyms: [
      'card name',
      'customer',
      'customer name',
      'bp name',
      'client',
      'client name',
      'business partner',
      'buyer',
      'mteja',
      'account holder',
    ],
  },
] as const satisfies readonly SalesField[];

/**
 * Fields whose blank cell, in a file that has the column, is taken as zero unless the person says otherwise: exports leave
 * the cell empty when nothing was returned. Anywhere else a blank is unknown and never 0.
 */
const BLANK_MEANS_NONE: ReadonlySet<string> = new Set(['returnsValue', 'unitsReturned']);
export const usualBlank = (field: string): 'null' | 'zero' => (BLANK_MEANS_NONE.has(field) ? 'zero' : 'null');

export type SalesFieldId = (typeof SALES_FIELDS)[number]['id'];
export const SALES_FIELD_IDS: readonly SalesFieldId[] = SALES_FIELDS.map((field) => field.id);

/** Text columns by which figures can be grouped and filtered. */
export const DIMENSIONS = [
  'Branch',
  'ProductLine',
  'ItemGroup',
  'ItemName',
  'SalesPerson',
  'AcctName',
  'CardName',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Columns that the ledger sums: they must agree exactly between file, Parquet and engine. */
export const LEDGER_COLUMNS = [
  'grossRevenue',
  'returnsValue',
  'totalCost',
  'unitsSold',
  'unitsReturned',
] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

/** Provenance columns of canonical Parquet: from a figure to the cell of the file. */
export const PROVENANCE_COLUMNS = ['importId', 'sheet', 'row'] as const;

/** Exact sums by ledger column, as decimal text with up to four places ("12345.6789"); null when no row has the column. */
export type LedgerTotals = Readonly<Record<LedgerColumn, string | null>>;
