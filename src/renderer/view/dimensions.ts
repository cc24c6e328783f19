import { SALES_FIELDS, type Dimension } from '#shared/domain/sales-schema';

const PLURALS: Record<Dimension, string> = {
  Branch: 'branches',
  ProductLine: 'product lines',
  ItemGroup: 'item groups',
  ItemName: 'items',
  SalesPerson: 'salespeople',
  AcctName: 'accounts',
  CardName: 'customers',
};

/** "Product line" */
export function dimensionLabel(dimension: Dimension): string {
  return SALES_FIELDS.find((field) => field.id === dimension)?.label ?? dimension;
}

/** "product lines" */
export function dimensionPlural(dimension: Dimension): string {
  return PLURALS[dimension];
}

/** How rows without a value are named. */
export function valueLabel(value: string | null): string {
  return value ?? 'Not given';
}
