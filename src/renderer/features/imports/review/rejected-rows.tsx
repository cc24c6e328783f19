import { useCallback, useMemo, useState } from 'react';
import type { FindingSummary, Severity } from '#shared/domain/findings';
import type { JobView } from '#shared/domain/job';
import { useEngine } from '../../../data/engine-context.ts';
import { useCall } from '../../../data/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import {
  columnIndex,
  findingKey,
  findingRow,
  gridColumns,
  rejectedRow,
  widthOf,
  type GridColumn,
  type GridRow,
} from './findings-model.ts';
import { MARKS } from './findings-list.tsx';
import styles from './rejected-rows.module.css';
import { RowGrid, type GridPosition } from './row-grid.tsx';
import { usePages, type Pages } from './use-pages.ts';

/** A job at rest answers the same rows until it is validated again. */
const stamp = (job: JobView) => `${job.rowsRead}/${job.rowsRejected}/${job.createdAt}`;

/** The grid under the findings: all rejected rows, or the findings of the kind that was chosen. */
export function RowsBelow({
  job,
  chosen,
  onShowAll,
}: {
  job: JobView;
  chosen: string | null;
  onShowAll: () => void;
}) {
  const finding = job.findings.find((entry) => findingKey(entry) === chosen);
  if (finding)
    return (
      <FoundCells key={chosen} job={job} finding={finding} {...(job.rowsRejected > 0 ? { onShowAll } : {})} />
    );
  if (job.rowsRejected === 0) return null;
  return <RejectedRows job={job} />;
}

function RejectedRows({ job }: { job: JobView }) {
  const engine = useEngine();
  const sample = useCall('jobs.rejects', { jobId: job.jobId, limit: 50 });
  const header = sample.data?.header;
  const total = sample.data?.total ?? job.rowsRejected;
  const titles = useMemo(
    () => new Map(job.findings.map((finding) => [finding.code, finding.title])),
    [job.findings],
  );
  const columns = useMemo(
    () => (sample.data ? gridColumns(sample.data.header, job.findings, sample.data.rows) : []),
    [sample.data, job.findings],
  );
  const index = useMemo(() => columnIndex(header ?? []), [header]);
  const pages = usePages(
    ['call', 'jobs.rejects', job.jobId, stamp(job)],
    total,
    (offset, limit, signal) => engine.call('jobs.rejects', { jobId: job.jobId, offset, limit }, { signal }),
    (answer) => answer.rows,
  );
  return (
    <Rows
      severity="error"
      label={`Rejected rows of ${job.fileName}`}
      columns={columns}
      total={total}
      problemWidthPx={Math.min(196, widthOf('Problem', [...titles.values()]))}
      pages={{
        ...pages,
        error: sample.error ?? pages.error,
        rowAt(at) {
          const row = pages.rowAt(at);
          return row && rejectedRow(row, index, (code) => titles.get(code) ?? 'Rejected');
        },
      }}
      lead={null}
    />
  );
}

function FoundCells({
  job,
  finding,
  onShowAll,
}: {
  job: JobView;
  finding: FindingSummary;
  onShowAll?: () => void;
}) {
  const engine = useEngine();
  const filter = { jobId: job.jobId, code: finding.code, column: finding.column };
  const first = useCall('jobs.findings', { ...filter, limit: 50 });
  const listed = first.data ? Math.min(first.data.total, first.data.listed) : finding.count;
  const pages = usePages(
    ['call', 'jobs.findings', job.jobId, stamp(job), finding.code, finding.column],
    listed,
    (offset, limit, signal) => engine.call('jobs.findings', { ...filter, offset, limit }, { signal }),
    (answer) => answer.findings,
  );
  const columns = useMemo<readonly GridColumn[]>(() => {
    const values = (first.data?.findings ?? []).map((entry) => entry.value ?? '');
    const title = finding.column ?? 'Found';
    return [{ index: 0, header: title, numeric: false, widthPx: Math.max(160, widthOf(title, values)) }];
  }, [first.data, finding.column]);
  const unlisted = finding.count - listed;
  return (
    <Rows
      severity={finding.severity}
      label={`${finding.title} in ${job.fileName}`}
      columns={columns}
      total={listed}
      problemWidthPx={280}
      pages={{
        ...pages,
        error: first.error ?? pages.error,
        rowAt(at) {
          const row = pages.rowAt(at);
          return row && findingRow(row);
        },
      }}
      lead={
        <>
          {unlisted > 0 && (
            <span className="muted">
              The first {formatNumber(listed)} of {formatNumber(finding.count)} are listed
            </span>
          )}
          {onShowAll && (
            <Button size="s" onClick={onShowAll}>
              All rejected rows
            </Button>
          )}
        </>
      }
    />
  );
}

function Rows({
  severity,
  label,
  columns,
  total,
  problemWidthPx,
  pages,
  lead,
}: {
  severity: Severity;
  label: string;
  columns: readonly GridColumn[];
  total: number;
  problemWidthPx?: number;
  pages: Pages<GridRow>;
  lead: React.ReactNode;
}) {
  const [position, setPosition] = useState<GridPosition | null>(null);
  const onMove = useCallback((next: GridPosition) => setPosition(next), []);
  const at = position ?? { row: 0, column: -1 };
  const row = pages.rowAt(at.row);
  if (pages.error)
    return (
      <div className={styles.error}>
        <ErrorPanel error={pages.error} />
      </div>
    );
  return (
    <div className={styles.rows}>
      <div className={styles.explain} aria-live="polite">
        {row ? (
          <Explanation severity={severity} row={row} columns={columns} at={at.column} />
        ) : (
          <span className="muted">Reading the rows…</span>
        )}
        {lead}
      </div>
      <RowGrid
        label={label}
        columns={columns}
        total={total}
        {...(problemWidthPx === undefined ? {} : { problemWidthPx })}
        rowAt={pages.rowAt}
        onRange={pages.onRange}
        position={position}
        onMove={onMove}
      />
    </div>
  );
}

/** Names row, column and reason of the focused cell; of the first bad cell of its row when it is good itself. */
function Explanation({
  severity,
  row,
  columns,
  at,
}: {
  severity: Severity;
  row: GridRow;
  columns: readonly GridColumn[];
  at: number;
}) {
  const own = columns[at];
  const bad = own && row.marks.has(own.index) ? own : columns.find((column) => row.marks.has(column.index));
  const reason = bad ? (row.marks.get(bad.index) ?? row.reason) : row.reason;
  return (
    <>
      <Icon name={MARKS[severity].icon} size={14} className={MARKS[severity].tone} />
      <p className="grow">
        <b className="medium">
          Row {formatNumber(row.row)}
          {bad && `, ${bad.header}`}
        </b>{' '}
        <span className="secondary">{reason}</span>
      </p>
    </>
  );
}
