import { useMemo, type ReactNode } from 'react';
import type { Cell, QueryResult } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { comparisonColumn, createResultReader } from '../../data/result-reader.ts';
import { Card } from '../../ui/card.tsx';
import { CellBar } from '../../ui/cell-bar.tsx';
import { ChangeMark } from '../../ui/change-mark.tsx';
import { DataTable, type TableColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import {
  columnScale,
  formatNumber,
  formatPercent,
  formatScaled,
  formatSigned,
  scaledUnit,
} from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { dimensionLabel, dimensionPlural, valueLabel } from '../../view/dimensions.ts';
import { comparisonWords, metricOf, rowChange } from '../../view/metric-words.ts';
import { useView } from '../../view/use-view.ts';
import type { DashboardScope, SalesMetric } from './use-dashboard.ts';

type Row = readonly Cell[];
type Warnings = readonly { readonly value: string; readonly text: string }[];
const NO_WARNINGS: Warnings = [];

/** Groups of one dimension by sales, with change, margin and return rate. A row holds the page to its group. */
export function RankingCard({
  scope,
  metric,
  result,
  dimension,
  title,
  currency,
  warnings = NO_WARNINGS,
  note,
}: {
  scope: DashboardScope;
  /** What the groups are ranked by. */
  metric: SalesMetric;
  result: QueryResult;
  dimension: Dimension;
  title: string;
  currency: string;
  /** Groups that carry a warning sign, and why. */
  warnings?: Warnings | undefined;
  note?: ReactNode;
}) {
  const view = useView();
  const columns = useMemo(
    () => columnsOf(result, metric, dimension, scope, currency, warnings),
    [result, metric, dimension, scope, currency, warnings],
  );
  const reader = createResultReader(result);
  const rows = result.rows.filter((row) => reader.number(row, metric) !== null);
  // Groups that only the compared period has come last: once one is seen, every group of this period is shown.
  const more = rows.length === result.rows.length ? result.rowCount - result.rows.length : 0;
  const selected = view.state.filters[dimension] ?? [];
  return (
    <Card
      title={title}
      flush
      unit={
        more > 0
          ? `${rows.length} of ${formatNumber(result.rowCount)} ${dimensionPlural(dimension)}`
          : undefined
      }
    >
      {rows.length === 0 ? (
        <EmptyState icon="none" title={`No ${dimensionPlural(dimension)} in these days`} />
      ) : (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          rowKey={(row) => reader.text(row, dimension) ?? '\0'}
          defaultSort={{ column: 'sales', direction: 'desc' }}
          totals
          onRowActivate={(row) => {
            const value = reader.text(row, dimension);
            const alone = selected.length === 1 && selected[0] === value;
            view.setFilter(dimension, alone ? [] : [value]);
          }}
          isSelected={(row) => selected.includes(reader.text(row, dimension))}
        />
      )}
      {note && <p className="ui-card-note">{note}</p>}
    </Card>
  );
}

const NO_ROW: Row = [];

function columnsOf(
  result: QueryResult,
  metric: SalesMetric,
  dimension: Dimension,
  scope: DashboardScope,
  currency: string,
  warnings: Warnings,
): TableColumn<Row>[] {
  const reader = createResultReader(result);
  const totals = result.totals ?? NO_ROW;
  const partial = result.truncated && result.rows.every((row) => reader.number(row, metric) !== null);
  const sales = (row: Row) => reader.number(row, metric);
  const scale = columnScale([...result.rows.map(sales), sales(totals)]);
  const largest = result.rows.reduce((most, row) => Math.max(most, Math.abs(sales(row) ?? 0)), 0) || 1;
  const ratio = (id: 'grossMargin' | 'returnRate', header: string, decimals: number): TableColumn<Row> => ({
    id,
    header,
    align: 'right',
    render: (row) => formatPercent(reader.number(row, id), decimals),
    text: (row) => formatPercent(reader.number(row, id), decimals),
    sortValue: (row) => reader.number(row, id),
    total: formatPercent(reader.number(totals, id), decimals),
    totalText: formatPercent(reader.number(totals, id), decimals),
  });
  const { primary } = scope;
  const percent = (row: Row) =>
    primary ? reader.number(row, comparisonColumn(metric, primary, 'changePercent')) : null;
  const percentText = (row: Row) => {
    const value = percent(row);
    return value === null ? '–' : `${formatSigned(value, 1)}%`;
  };
  return [
    {
      id: 'name',
      header: dimensionLabel(dimension),
      render: (row) => {
        const value = reader.text(row, dimension);
        const warning = warnings.find((entry) => entry.value === value);
        return (
          <span className={value === null ? 'dash-name muted' : 'dash-name'} title={valueLabel(value)}>
            <span className="ellipsis">{valueLabel(value)}</span>
            {warning && (
              <span title={warning.text}>
                <Icon name="warning" size={12} className="warn-fill" />
                <span className="sr">{warning.text}</span>
              </span>
            )}
          </span>
        );
      },
      text: (row) => valueLabel(reader.text(row, dimension)),
      sortValue: (row) => reader.text(row, dimension),
      total: partial ? `All ${formatNumber(result.rowCount)}` : 'Total',
      totalText: partial ? `All ${formatNumber(result.rowCount)}` : 'Total',
    },
    {
      id: 'sales',
      header: `${metricOf(metric).label}, ${scaledUnit(currency, scale)}`,
      align: 'right',
      width: '40%',
      render: (row) => <CellBar share={(sales(row) ?? 0) / largest} text={formatScaled(sales(row), scale)} />,
      text: (row) => formatScaled(sales(row), scale),
      sortValue: sales,
      total: formatScaled(sales(totals), scale),
      totalText: formatScaled(sales(totals), scale),
    },
    ...(primary
      ? [
          {
            id: 'change',
            header: comparisonWords(primary).column,
            align: 'right' as const,
            render: (row: Row) => <ChangeMark change={rowChange(reader, row, metric, primary)} />,
            text: percentText,
            sortValue: percent,
            total: <ChangeMark change={rowChange(reader, totals, metric, primary)} />,
            totalText: percentText(totals),
          },
        ]
      : []),
    ratio('grossMargin', 'Margin', 1),
    ratio('returnRate', 'Returns', 2),
  ];
}
