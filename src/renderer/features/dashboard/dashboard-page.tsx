import { useMemo, type ReactNode } from 'react';
import type { AppError } from '#shared/errors/app-error';
import type { QueryResult } from '#shared/domain/query';
import { Page } from '../../app/page.tsx';
import { useCurrency } from '../../app/settings.ts';
import { useDataStatus } from '../../data/queries.ts';
import { createResultReader } from '../../data/result-reader.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Button } from '../../ui/button.tsx';
import { formatMonth } from '../../ui/format.ts';
import { CopyLink } from '../../view/copy-link.tsx';
import { FilterBar } from '../../view/filter-bar.tsx';
import { PeriodPicker } from '../../view/period-picker.tsx';
import { missingBranches } from '../../view/trust.tsx';
import { useView } from '../../view/use-view.ts';
import './dashboard.css';
import { FirstRun, type FirstRunNews } from './first-run.tsx';
import { HeatCard } from './heat-card.tsx';
import { KpiStrip } from './kpi-strip.tsx';
import { MovementCard } from './movement-card.tsx';
import { CardSkeleton, PageSkeleton } from './skeleton.tsx';
import { RankingCard } from './ranking-card.tsx';
import { TrendCard } from './trend-card.tsx';
import {
  salesMetricOf,
  useBranchByLine,
  useDashboardScope,
  useGroups,
  useSummary,
  useTrend,
  type DashboardScope,
} from './use-dashboard.ts';

const MOST_BRANCHES = 40;
const MOST_LINES = 200;
const TOP = 10;

/** @param onTheirWay files that do not count yet */
export function DashboardPage({ onTheirWay }: { onTheirWay: FirstRunNews | null }) {
  const status = useDataStatus();
  if (status.error && !status.data)
    return (
      <Page title="Dashboard">
        <div className="app-stack">
          <ErrorPanel error={status.error} onRetry={() => void status.refetch()} />
        </div>
      </Page>
    );
  if (status.data && status.data.rows === 0)
    return (
      <Page title="Dashboard">
        <FirstRun news={onTheirWay} />
      </Page>
    );
  return (
    <Page title="Dashboard" controls={<PeriodPicker />} actions={<CopyLink />} filters={<FilterBar />}>
      <Figures />
    </Page>
  );
}

function Figures() {
  const scope = useDashboardScope();
  const currency = useCurrency();
  const summary = useSummary(scope);
  const trend = useTrend(scope);
  const sales = salesMetricOf(summary.data);
  const branches = useGroups(scope, sales, 'Branch', MOST_BRANCHES);
  const lines = useGroups(scope, sales, 'ProductLine', MOST_LINES);
  const grid = useBranchByLine(scope, sales);
  const items = useGroups(scope, sales, 'ItemName', TOP);
  const people = useGroups(scope, sales, 'SalesPerson', TOP);
  const missing = useMissing();
  const warnings = useMemo(
    () => missing.names.map((value) => ({ value, text: `No rows yet for ${missing.month}` })),
    [missing],
  );
  if (summary.error && !summary.data)
    return (
      <div className="app-stack">
        <ErrorPanel error={summary.error} onRetry={() => void summary.refetch()} />
      </div>
    );
  if (!summary.data) return <PageSkeleton />;
  if (hasNoRows(summary.data)) return <NothingHere scope={scope} />;
  return (
    <div className="app-stack">
      {summary.error && <ErrorPanel error={summary.error} onRetry={() => void summary.refetch()} />}
      <KpiStrip scope={scope} sales={sales} summary={summary.data} trend={trend.data} currency={currency} />
      <div className="dash-pair">
        <Loaded query={trend} heightPx={352}>
          {(data) => <TrendCard scope={scope} sales={sales} trend={data} currency={currency} />}
        </Loaded>
        <Loaded query={lines} heightPx={352}>
          {(data) =>
            branches.data && (
              <MovementCard
                scope={scope}
                sales={sales}
                lines={data}
                branches={branches.data}
                currency={currency}
              />
            )
          }
        </Loaded>
      </div>
      <div className="dash-pair">
        <Loaded query={grid} heightPx={480}>
          {(data) =>
            branches.data &&
            lines.data && (
              <HeatCard
                scope={scope}
                sales={sales}
                grid={data}
                branches={branches.data}
                lines={lines.data}
                currency={currency}
                missing={missing}
              />
            )
          }
        </Loaded>
        <Loaded query={branches} heightPx={480}>
          {(data) => (
            <RankingCard
              scope={scope}
              metric={sales}
              result={data}
              dimension="Branch"
              title="Branches"
              currency={currency}
              warnings={warnings}
              note="Ratios in the total row are recomputed, not averaged."
            />
          )}
        </Loaded>
      </div>
      <div className="dash-halves">
        <Loaded query={items} heightPx={420}>
          {(data) => (
            <RankingCard
              scope={scope}
              metric={sales}
              result={data}
              dimension="ItemName"
              title="Top products"
              currency={currency}
            />
          )}
        </Loaded>
        <Loaded query={people} heightPx={420}>
          {(data) => (
            <RankingCard
              scope={scope}
              metric={sales}
              result={data}
              dimension="SalesPerson"
              title="Top salespeople"
              currency={currency}
            />
          )}
        </Loaded>
      </div>
    </div>
  );
}

/** Revenue is in every row: without it there are no rows. */
function hasNoRows(summary: QueryResult): boolean {
  const row = summary.rows[0];
  return row === undefined || createResultReader(summary).number(row, 'totalRevenue') === null;
}

/** The last answer while a new one is fetched; an error in place of the part that failed, never of the page. */
function Loaded<T>({
  query,
  heightPx,
  children,
}: {
  /** Of the place that is kept until the first answer. */
  heightPx: number;
  query: { data: T | undefined; error: AppError | null; refetch(): unknown };
  children(data: T): ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  return <CardSkeleton heightPx={heightPx} />;
}

function useMissing(): { names: readonly string[]; month: string } {
  const { data: status } = useDataStatus();
  return useMemo(
    () => ({
      names: status ? missingBranches(status) : [],
      month: status?.to ? formatMonth(status.to) : '',
    }),
    [status],
  );
}

function NothingHere({ scope }: { scope: DashboardScope }) {
  const view = useView();
  const filtered = view.filters.length > 0;
  return (
    <div className="app-stack">
      <div className="ui-card">
        <EmptyState
          icon={filtered ? 'filter' : 'calendar'}
          title={filtered ? 'No rows match these filters in these days' : 'No data in these days'}
          action={
            filtered ? (
              <Button onClick={() => view.set({ ...view.state, filters: {} })}>Clear filters</Button>
            ) : (
              <Button onClick={() => view.set({ ...view.state, period: 'all-data' })}>Show all data</Button>
            )
          }
        >
          {scope.period
            ? 'The badge at the top right says which days have data.'
            : 'Import a file to see figures here.'}
        </EmptyState>
      </div>
    </div>
  );
}
