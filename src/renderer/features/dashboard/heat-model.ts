import type { Comparison, QueryResult } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { comparisonColumn, createResultReader } from '../../data/result-reader.ts';
import type { SalesMetric } from './use-dashboard.ts';

export type HeatMetric = 'sales' | 'change' | 'grossMargin';

export interface HeatModel {
  readonly rows: readonly (string | null)[];
  readonly columns: readonly (string | null)[];
  readonly cells: readonly (readonly (number | null)[])[];
  readonly rowTotals: readonly (number | null)[];
  readonly columnTotals: readonly (number | null)[];
  readonly grandTotal: number | null;
  /** Columns that exist but are not shown. */
  readonly hiddenColumns: number;
}

function columnOf(metric: HeatMetric, sales: SalesMetric, comparison: Comparison | null): string {
  if (metric === 'sales') return sales;
  if (metric === 'grossMargin') return metric;
  return comparison ? comparisonColumn(sales, comparison, 'changePercent') : '';
}

/**
 * A branch × product line grid. Totals come from their own answers, because ratios and changes cannot be summed.
 * Changes are ratios (0.062 is 6.2 %).
 */
export function heatModel(
  grid: QueryResult,
  byRow: { readonly result: QueryResult; readonly dimension: Dimension },
  byColumn: { readonly result: QueryResult; readonly dimension: Dimension },
  metric: HeatMetric,
  sales: SalesMetric,
  comparison: Comparison | null,
  mostColumns: number,
): HeatModel {
  const column = columnOf(metric, sales, comparison);
  const factor = metric === 'change' ? 0.01 : 1;
  const scaled = (value: number | null) => (value === null ? null : value * factor);
  const key = (row: string | null, name: string | null) => JSON.stringify([row, name]);

  const gridReader = createResultReader(grid);
  const values = new Map(
    grid.rows.map((row) => [
      key(gridReader.text(row, byRow.dimension), gridReader.text(row, byColumn.dimension)),
      scaled(gridReader.number(row, column)),
    ]),
  );
  const axis = ({ result, dimension }: { result: QueryResult; dimension: Dimension }) => {
    const reader = createResultReader(result);
    return result.rows
      .filter((row) => reader.number(row, sales) !== null)
      .map((row) => ({ value: reader.text(row, dimension), total: scaled(reader.number(row, column)) }));
  };
  const rowAxis = axis(byRow);
  const columnAxis = axis(byColumn);
  const shown = columnAxis.slice(0, mostColumns);
  const totalsReader = createResultReader(byRow.result);
  return {
    rows: rowAxis.map((entry) => entry.value),
    columns: shown.map((entry) => entry.value),
    cells: rowAxis.map((row) => shown.map((entry) => values.get(key(row.value, entry.value)) ?? null)),
    rowTotals: rowAxis.map((entry) => entry.total),
    columnTotals: shown.map((entry) => entry.total),
    grandTotal: scaled(totalsReader.number(byRow.result.totals ?? [], column)),
    hiddenColumns: columnAxis.length - shown.length,
  };
}
