import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type RefObject } from 'react';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import {
  canDismiss,
  countQueue,
  filterQueue,
  type QueueFilter,
  type QueueItem,
} from '../model/queue-model.ts';
import styles from './queue-card.module.css';
import { JobRow, UploadRow, type JobActions, type UploadActions } from './queue-row.tsx';
import { StepHeader } from './step-strip.tsx';

const FILTERS: readonly { value: QueueFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'needs-you', label: 'Needs you' },
  { value: 'running', label: 'Running' },
  { value: 'done', label: 'Done' },
];

const EMPTY_WORDS: Readonly<Record<QueueFilter, string>> = {
  all: 'The queue is empty',
  'needs-you': 'Nothing waits for you',
  running: 'Nothing is running',
  done: 'Nothing is done yet',
};

const VIRTUAL_FROM = 100;

export function QueueCard({
  items,
  selectedJobId,
  actions,
  uploadActions,
  scroller,
}: {
  items: readonly QueueItem[];
  selectedJobId: string | null;
  actions: JobActions;
  uploadActions: UploadActions;
  /** The element that scrolls the page: long queues draw only the rows in sight. */
  scroller: RefObject<HTMLElement | null>;
}) {
  const [filter, setFilter] = useState<QueueFilter>('all');
  const counts = countQueue(items);
  const shown = filterQueue(items, filter);
  const finished = items.filter(
    (item) => item.kind === 'job' && item.group === 'done' && canDismiss(item.job),
  );
  const render = (item: QueueItem) =>
    item.kind === 'job' ? (
      <JobRow job={item.job} selected={item.job.jobId === selectedJobId} actions={actions} />
    ) : (
      <UploadRow upload={item.upload} actions={uploadActions} />
    );
  return (
    <section className={styles.card} aria-labelledby="queue-title">
      <header className={styles.head}>
        <h2 id="queue-title">Queue</h2>
        <Segmented<QueueFilter>
          label="Which files to show"
          value={filter}
          options={FILTERS.map((option) => ({
            ...option,
            label: `${option.label} ${formatNumber(counts[option.value])}`,
          }))}
          onChange={(value) => setFilter(value)}
        />
        <span className="grow" />
        {finished.length > 0 && (
          <Button
            size="s"
            variant="ghost"
            onClick={() => {
              for (const item of finished) if (item.kind === 'job') actions.onDismiss(item.job);
            }}
          >
            Clear done
          </Button>
        )}
      </header>
      <StepHeader />
      {shown.length === 0 ? (
        <div className={styles.empty}>
          <EmptyState icon="ok" title={EMPTY_WORDS[filter]} />
        </div>
      ) : shown.length > VIRTUAL_FROM ? (
        <LongList items={shown} render={render} scroller={scroller} />
      ) : (
        <ul>
          {shown.map((item) => (
            <li key={item.key}>{render(item)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function LongList({
  items,
  render,
  scroller,
}: {
  items: readonly QueueItem[];
  render: (item: QueueItem) => React.ReactNode;
  scroller: RefObject<HTMLElement | null>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 88,
    getItemKey: (index) => items[index]?.key ?? index,
    scrollMargin: list.current?.offsetTop ?? 0,
    overscan: 8,
  });
  const margin = virtualizer.options.scrollMargin;
  return (
    <ul ref={list} className={styles.long} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((row) => {
        const item = items[row.index];
        return (
          <li
            key={row.key}
            ref={virtualizer.measureElement}
            data-index={row.index}
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            style={{ transform: `translateY(${row.start - margin}px)` }}
          >
            {item && render(item)}
          </li>
        );
      })}
    </ul>
  );
}
