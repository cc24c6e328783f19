import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { HistoryEntry } from '#shared/contract/imports';
import { useCall } from '../../../data/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { DataTable, type TableColumn } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatNumber, formatTimestamp, plural } from '../../../ui/format.ts';
import type { IconName } from '../../../ui/icon.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { formatDecimal } from '../model/decimal-text.ts';
import { CountAgainDialog } from './change-dialog.tsx';
import { isSuperseded, monthRange, sortHistory, statusOf, type HistoryStatus } from './history-model.ts';
import styles from './history-view.module.css';

const STATUS: Readonly<
  Record<HistoryStatus, { label: string; icon: IconName; tone: 'good' | 'warn' | 'neutral' }>
> = {
  active: { label: 'Counts', icon: 'ok', tone: 'good' },
  partly: { label: 'Counts in part', icon: 'warning', tone: 'warn' },
  replaced: { label: 'Replaced', icon: 'copy', tone: 'neutral' },
  undone: { label: 'Undone', icon: 'undo', tone: 'neutral' },
};

/** Left out under 1200 px, so that status and undo stay in sight. */
const WIDE_ONLY: ReadonlySet<string> = new Set(['rows', 'rejected']);

/** Every accepted import, newest first: what it brought, what of it counts now, undo and count again. */
export function HistoryView({
  highlight,
  onUndo,
  onChanged,
}: {
  /** Import to show at once. */
  highlight: string | null;
  onUndo: (importId: string) => void;
  onChanged: (text: string) => void;
}) {
  const history = useCall('history.list', {});
  const [again, setAgain] = useState<HistoryEntry | null>(null);
  const narrow = useMediaQuery('(max-width: 1199px)', false, { getInitialValueInEffect: false });
  const box = useRef<HTMLDivElement>(null);
  const entries = sortHistory(history.data?.entries ?? []);
  useEffect(() => {
    if (highlight === null || !history.data) return;
    box.current
      ?.querySelector('[aria-selected="true"], [data-selected]')
      ?.scrollIntoView({ block: 'center' });
  }, [highlight, history.data]);

  if (history.error) return <ErrorPanel error={history.error} onRetry={() => void history.refetch()} />;
  if (history.data && entries.length === 0)
    return (
      <Card>
        <EmptyState icon="history" title="Nothing has been imported yet">
          Each import that you accept is listed here, with what it brought and a way to undo it.
        </EmptyState>
      </Card>
    );
  return (
    <div ref={box}>
      <Card title="History" unit={history.data ? plural(entries.length, 'import') : undefined} flush>
        <DataTable
          label="Accepted imports, newest first"
          rows={entries}
          rowKey={(entry) => String(entry.sequence)}
          columns={columnsOf(entries, onUndo, setAgain).filter(
            (column) => !narrow || !WIDE_ONLY.has(column.id),
          )}
          isSelected={(entry) => entry.importId === highlight && !isSuperseded(entry, entries)}
        />
      </Card>
      <CountAgainDialog entry={again} onClose={() => setAgain(null)} onChanged={onChanged} />
    </div>
  );
}

function columnsOf(
  entries: readonly HistoryEntry[],
  onUndo: (importId: string) => void,
  onAgain: (entry: HistoryEntry) => void,
): readonly TableColumn<HistoryEntry>[] {
  return [
    {
      id: 'when',
      header: 'Accepted',
      width: '132px',
      render: (entry) => formatTimestamp(entry.acceptedAt),
      text: (entry) => formatTimestamp(entry.acceptedAt),
      sortValue: (entry) => entry.sequence,
    },
    {
      id: 'file',
      header: 'File',
      render: (entry) => (
        <span className={styles.file} title={entry.fileName}>
          {entry.fileName}
          {entry.sheet !== '' && <small>{entry.sheet}</small>}
        </span>
      ),
      text: (entry) => entry.fileName,
      sortValue: (entry) => entry.fileName.toLowerCase(),
    },
    {
      id: 'months',
      header: 'Months',
      width: '148px',
      render: (entry) => monthRange(entry.chunks),
      text: (entry) => monthRange(entry.chunks),
      sortValue: (entry) => [...entry.chunks].sort().at(-1) ?? null,
    },
    {
      id: 'rows',
      header: 'Rows',
      align: 'right',
      width: '88px',
      render: (entry) => formatNumber(entry.rowsAccepted),
      text: (entry) => String(entry.rowsAccepted),
      sortValue: (entry) => entry.rowsAccepted,
    },
    {
      id: 'rejected',
      header: 'Rejected',
      align: 'right',
      width: '80px',
      render: (entry) => formatNumber(entry.rowsRejected),
      text: (entry) => String(entry.rowsRejected),
      sortValue: (entry) => entry.rowsRejected,
    },
    {
      id: 'effect',
      header: 'Rows that count',
      align: 'right',
      width: '112px',
      render: (entry) => formatNumber(entry.rowsInEffect),
      text: (entry) => String(entry.rowsInEffect),
      sortValue: (entry) => entry.rowsInEffect,
    },
    {
      id: 'revenue',
      header: 'Gross revenue, KES',
      align: 'right',
      width: '148px',
      render: (entry) => formatDecimal(entry.totals.grossRevenue, { places: 2 }),
      text: (entry) => entry.totals.grossRevenue ?? '',
      sortValue: (entry) => (entry.totals.grossRevenue === null ? null : Number(entry.totals.grossRevenue)),
    },
    {
      id: 'status',
      header: 'Status',
      width: '136px',
      render: (entry) => <StatusTag entry={entry} />,
      text: (entry) => STATUS[statusOf(entry)].label,
      sortValue: (entry) => statusOf(entry),
    },
    {
      id: 'actions',
      header: 'Change',
      width: '116px',
      align: 'right',
      render: (entry) => {
        if (isSuperseded(entry, entries)) return <span className="muted">counted again</span>;
        return entry.undoneAt === null ? (
          <Button
            size="s"
            icon="undo"
            aria-label={`Undo: ${entry.fileName}`}
            onClick={() => onUndo(entry.importId)}
          >
            Undo
          </Button>
        ) : (
          <Button size="s" aria-label={`Count again: ${entry.fileName}`} onClick={() => onAgain(entry)}>
            Count again
          </Button>
        );
      },
      text: () => '',
    },
  ];
}

function StatusTag({ entry }: { entry: HistoryEntry }) {
  const { label, icon, tone } = STATUS[statusOf(entry)];
  return (
    <Tag tone={tone} icon={icon}>
      {label}
    </Tag>
  );
}
