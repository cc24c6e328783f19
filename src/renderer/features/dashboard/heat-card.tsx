import { useMemo, useState } from 'react';
import type { QueryResult } from '#shared/domain/query';
import { Card } from '../../ui/card.tsx';
import {
  BLANK,
  columnScale,
  formatNumber,
  formatPercent,
  formatScaled,
  scaledUnit,
} from '../../ui/format.ts';
import { breakDecimals, changeScale, sequentialScale } from '../../ui/heat-scale.ts';
import { HeatLegend, HeatTable, type HeatPick } from '../../ui/heat-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { valueLabel } from '../../view/dimensions.ts';
import { comparisonWords, metricOf } from '../../view/metric-words.ts';
import { useView } from '../../view/use-view.ts';
import { withFilter } from '../../view/view-state.ts';
import { heatModel, type HeatMetric } from './heat-model.ts';
import type { DashboardScope, SalesMetric } from './use-dashboard.ts';

const MOST_COLUMNS = 12;

/** Branch × product line. A click on a cell or head holds the whole page to it. */
export function HeatCard({
  scope,
  sales,
  grid,
  branches,
  lines,
  currency,
  missing,
}: {
  scope: DashboardScope;
  sales: SalesMetric;
  grid: QueryResult;
  branches: QueryResult;
  lines: QueryResult;
  currency: string;
  /** Branches without rows in the newest month, and that month. */
  missing: { readonly names: readonly string[]; readonly month: string };
}) {
  const view = useView();
  const [chosen, setMetric] = useState<HeatMetric>('sales');
  const metric = chosen === 'change' && !scope.primary ? 'sales' : chosen;
  const model = useMemo(
    () =>
      heatModel(
        grid,
        { result: branches, dimension: 'Branch' },
        { result: lines, dimension: 'ProductLine' },
        metric,
        sales,
        scope.primary,
        MOST_COLUMNS,
      ),
    [grid, branches, lines, metric, sales, scope.primary],
  );
  const cells = model.cells.flat();
  // One scale for cells and totals: neighbouring numbers must be of one unit.
  const unit = columnScale(metric === 'sales' ? [...model.rowTotals, model.grandTotal] : []);
  const scale = metric === 'change' ? changeScale() : sequentialScale(cells);
  const text = (value: number | null) => {
    if (value === null) return BLANK;
    if (metric === 'sales') return formatScaled(value, unit);
    return `${metric === 'change' && value > 0 ? '+' : ''}${formatPercent(value)}`;
  };
  const compared = scope.primary ? comparisonWords(scope.primary).column : '';
  const units: Record<HeatMetric, string> = {
    sales: `${metricOf(sales).label}, ${scaledUnit(currency, unit)}`,
    change: `Change of ${metricOf(sales).label.toLowerCase()} ${compared}`,
    grossMargin: 'Gross margin, % of revenue',
  };
  const pick = ({ row, column }: HeatPick) => {
    let next = view.state;
    if (row) next = withFilter(next, 'Branch', [row.value]);
    if (column) next = withFilter(next, 'ProductLine', [column.value]);
    view.set(next);
  };
  const decimals = breakDecimals(
    scale.breaks.map((from) => from * (metric === 'sales' ? 1 / unit.divisor : 100)),
  );
  const legendText = (value: number) => {
    if (metric === 'sales') return formatNumber(value / unit.divisor, decimals);
    return `${metric === 'change' && value > 0 ? '+' : ''}${formatPercent(value, decimals)}`;
  };
  return (
    <Card
      title="Branch by product line"
      unit={units[metric]}
      actions={
        <Segmented
          label="Figure in the cells"
          value={metric}
          onChange={setMetric}
          options={[
            { value: 'sales', label: metricOf(sales).label },
            ...(scope.primary ? [{ value: 'change' as const, label: compared }] : []),
            { value: 'grossMargin', label: 'Margin' },
          ]}
        />
      }
    >
      <HeatTable
        label={`Branch by product line: ${units[metric]}`}
        rowName="Branch"
        rows={model.rows.map((value, index) => ({
          value,
          label: valueLabel(value),
          total: text(model.rowTotals[index] ?? null),
          warning:
            value !== null && missing.names.includes(value)
              ? `${value}: no rows yet for ${missing.month}`
              : undefined,
        }))}
        columns={model.columns.map((value, index) => ({
          value,
          label: valueLabel(value),
          total: text(model.columnTotals[index] ?? null),
        }))}
        cell={(row, column) => {
          const value = model.cells[row]?.[column] ?? null;
          return { value, text: text(value) };
        }}
        scale={scale}
        grandTotal={text(model.grandTotal)}
        onPick={pick}
      />
      <div className="dash-heat-foot">
        <HeatLegend
          scale={scale}
          format={legendText}
          unit={metric === 'sales' ? `${scaledUnit(currency, unit)} and above` : 'and above'}
        />
        <span className="grow" />
        {model.hiddenColumns > 0 && (
          <span>
            The {MOST_COLUMNS} largest of {MOST_COLUMNS + model.hiddenColumns} product lines
          </span>
        )}
        {missing.names.length > 0 && (
          <span>
            <Icon name="warning" size={12} className="warn-fill" /> {namesOf(missing.names)}: no rows yet for{' '}
            {missing.month}
          </span>
        )}
      </div>
    </Card>
  );
}

const NAMED = 3;

function namesOf(names: readonly string[]): string {
  return names.length <= NAMED ? names.join(', ') : `${names.length} branches`;
}
