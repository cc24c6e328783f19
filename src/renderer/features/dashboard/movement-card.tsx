import { useState } from 'react';
import type { QueryResult } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { comparisonColumn, createResultReader } from '../../data/result-reader.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import {
  columnScale,
  formatPercent,
  formatPeriod,
  formatScaled,
  formatSigned,
  scaledUnit,
} from '../../ui/format.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { valueLabel } from '../../view/dimensions.ts';
import { metricOf } from '../../view/metric-words.ts';
import { useView } from '../../view/use-view.ts';
import './movement-card.css';
import { movements, type MovementGroup } from './movement-model.ts';
import type { DashboardScope, SalesMetric } from './use-dashboard.ts';

const SHOWN = 8;
type By = 'ProductLine' | 'Branch';

/** Contributions to the change of sales. Start and end are markers: a bar of a total would have to be cut. */
export function MovementCard({
  scope,
  sales,
  lines,
  branches,
  currency,
}: {
  scope: DashboardScope;
  sales: SalesMetric;
  lines: QueryResult;
  branches: QueryResult;
  currency: string;
}) {
  const { state } = useView();
  const [chosen, setBy] = useState<By | null>(null);
  // One product line alone says nothing about what moved: its branches do.
  const by = chosen ?? (state.filters.ProductLine?.length === 1 ? 'Branch' : 'ProductLine');
  const result = by === 'ProductLine' ? lines : branches;
  const compared = result.comparisonPeriods.find((entry) => entry.comparison === scope.primary);
  // Against days of which the data hold only a part, everything would seem to have grown.
  const comparison = compared?.startsBeforeData ? null : scope.primary;
  const comparedPeriod = compared?.period;
  const groups = comparison ? groupsOf(result, by, sales, comparison) : [];
  const before = groups.reduce((total, group) => total + group.previous, 0);
  const now = groups.reduce((total, group) => total + group.current, 0);
  return (
    <Card
      title={`What moved ${metricOf(sales).label.toLowerCase()}`}
      actions={
        <Segmented
          label="Contributions by"
          value={by}
          onChange={setBy}
          options={[
            { value: 'ProductLine', label: 'Product line' },
            { value: 'Branch', label: 'Branch' },
          ]}
        />
      }
    >
      {comparedPeriod && result.period && before !== 0 ? (
        <Contributions
          groups={groups}
          dimension={by}
          currency={currency}
          beforeLabel={formatPeriod(comparedPeriod)}
          nowLabel={formatPeriod(result.period)}
          before={before}
          now={now}
        />
      ) : (
        <EmptyState icon="none" title="Nothing to compare with">
          {compared
            ? 'The compared days have no data, or only a part of it. Import them, or choose another comparison.'
            : 'Choose a comparison beside the period to see which groups moved the total.'}
        </EmptyState>
      )}
    </Card>
  );
}

function groupsOf(
  result: QueryResult,
  dimension: Dimension,
  sales: SalesMetric,
  comparison: NonNullable<DashboardScope['primary']>,
): MovementGroup[] {
  const reader = createResultReader(result);
  return result.rows.map((row) => {
    const value = reader.text(row, dimension);
    return {
      value,
      label: valueLabel(value),
      // A group that sold nothing in one of the two periods contributes its whole figure.
      current: reader.number(row, sales) ?? 0,
      previous: reader.number(row, comparisonColumn(sales, comparison, 'previous')) ?? 0,
    };
  });
}

function Contributions({
  groups,
  dimension,
  currency,
  beforeLabel,
  nowLabel,
  before,
  now,
}: {
  groups: readonly MovementGroup[];
  dimension: Dimension;
  currency: string;
  beforeLabel: string;
  nowLabel: string;
  before: number;
  now: number;
}) {
  const view = useView();
  const list = movements(groups, SHOWN);
  const scale = columnScale([before, now]);
  const points = [before, now, ...list.flatMap((entry) => [entry.from, entry.to])];
  const low = Math.min(...points);
  const span = Math.max(...points) - low || 1;
  const at = (value: number) => `${2 + ((value - low) / span) * 96}%`;
  const width = (a: number, b: number) => `${(Math.abs(a - b) / span) * 96}%`;
  const signed = (value: number) => formatSigned(value / scale.divisor, scale.decimals);
  const share = (ratio: number | null) =>
    ratio === null ? 'new' : `${ratio > 0 ? '+' : ''}${formatPercent(ratio)}`;
  return (
    <table className="dash-movement">
      <caption className="sr">Contributions to the change, in {scaledUnit(currency, scale)}</caption>
      <thead className="sr">
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Bar</th>
          <th scope="col">Change</th>
          <th scope="col">In percent</th>
        </tr>
      </thead>
      <tbody>
        <tr className="secondary">
          <th scope="row">
            {beforeLabel}, <span className="muted">{scaledUnit(currency, scale)}</span>
          </th>
          <td className="dash-movement-plot">
            <span className="sr">start</span>
            <u style={{ left: at(before) }} />
          </td>
          <td className="num medium">{formatScaled(before, scale)}</td>
          <td className="num">
            <span className="sr">to begin with</span>
          </td>
        </tr>
        {list.map((entry) => (
          <tr key={entry.label}>
            <th scope="row">
              {entry.value === undefined ? (
                entry.label
              ) : (
                <button
                  type="button"
                  title={`Show only ${entry.label}`}
                  onClick={() => view.setFilter(dimension, [entry.value ?? null])}
                >
                  {entry.label}
                </button>
              )}
            </th>
            <td className="dash-movement-plot">
              <span className="sr">{entry.change < 0 ? 'takes away' : 'adds'}</span>
              <b
                className={entry.change < 0 ? 'is-down' : ''}
                style={{ left: at(Math.min(entry.from, entry.to)), width: width(entry.from, entry.to) }}
              />
              <i style={{ left: at(entry.to) }} />
            </td>
            <td className="num medium">{signed(entry.change)}</td>
            <td className="num muted">{share(entry.changePercent)}</td>
          </tr>
        ))}
        <tr className="strong">
          <th scope="row">{nowLabel}</th>
          <td className="dash-movement-plot">
            <span className="sr">end</span>
            <u style={{ left: at(now) }} />
          </td>
          <td className="num">{formatScaled(now, scale)}</td>
          <td className="num">{share(before === 0 ? null : (now - before) / Math.abs(before))}</td>
        </tr>
      </tbody>
    </table>
  );
}
