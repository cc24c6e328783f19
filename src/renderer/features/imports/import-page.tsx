import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CallName, Input } from '#shared/contract/index';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { Page } from '../../app/page.tsx';
import { useEngine } from '../../data/engine-context.ts';
import { useCall } from '../../data/queries.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { browse, DropZone, FirstDrop } from './drop/drop-zone.tsx';
import type { Intake, IntakeState } from './drop/intake.ts';
import { UndoDialog } from './history/change-dialog.tsx';
import { HistoryView } from './history/history-view.tsx';
import styles from './import-page.module.css';
import { useImportsServices, useIntake, useJobs, useQueue } from './imports-services.ts';
import { MappingPanel } from './mapping/mapping-panel.tsx';
import { FINAL_STATES, type JobView } from '#shared/domain/job';
import { usePageState } from './page-state.ts';
import { QueueCard } from './queue/queue-card.tsx';
import type { JobActions } from './queue/queue-row.tsx';
import { ReviewPanel } from './review/review-panel.tsx';

/** Files in: drop zone, queue, review and columns beside it, and the history of what was accepted. */
export function ImportPage() {
  const engine = useEngine();
  const queries = useQueryClient();
  const { uploads } = useImportsServices();
  const { jobs, loaded, error: streamError } = useJobs();
  const items = useQueue();
  const intake = useIntake();
  const history = useCall('history.list', {});
  const [page, setPage] = usePageState();
  const [undoing, setUndoing] = useState<string | null>(null);
  const [changed, setChanged] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const left = useRef<HTMLDivElement>(null);

  const settled = jobs.filter((job) => FINAL_STATES.has(job.state)).length;
  const seen = useRef(settled);
  useEffect(() => {
    if (seen.current === settled) return;
    seen.current = settled;
    void queries.invalidateQueries({ queryKey: ['call', 'history.list'] });
  }, [settled, queries]);

  const actions = useMemo<JobActions>(() => {
    const run = <N extends CallName>(name: N, input: Input<N>) => {
      engine.call(name, input).catch((thrown: unknown) => setError(toAppError(thrown)));
    };
    return {
      onOpen: (job) => setPage({ view: 'queue', panel: panelOf(job), jobId: job.jobId, highlight: null }),
      onCancel: ({ jobId }) => run('jobs.cancel', { jobId }),
      onDismiss: ({ jobId }) => run('jobs.dismiss', { jobId }),
      onRetry: ({ jobId }) => run('jobs.retry', { jobId }),
      onShowImport: (importId) => setPage({ view: 'history', panel: null, jobId: null, highlight: importId }),
    };
  }, [engine, setPage]);
  const uploadActions = useMemo(() => ({ onRetry: uploads.retry, onCancel: uploads.cancel }), [uploads]);

  const selected = page.view === 'queue' ? (jobs.find((job) => job.jobId === page.jobId) ?? null) : null;
  const close = () => {
    const { jobId } = page;
    setPage({ ...page, panel: null, jobId: null });
    // After the page is drawn: under the drawer the queue cannot take the focus.
    requestAnimationFrame(() => {
      const row =
        jobId === null ? null : left.current?.querySelector<HTMLElement>(`[data-job="${CSS.escape(jobId)}"]`);
      (row ?? left.current)?.focus({ preventScroll: true });
    });
  };
  const cancelSelected = () => {
    if (selected) actions.onCancel(selected);
    close();
  };
  const first = loaded && items.length === 0 && history.data?.entries.length === 0;
  const inHistory = page.view === 'history';
  return (
    <Page
      title="Import"
      bare
      actions={
        <>
          <Button
            icon="history"
            aria-pressed={inHistory}
            onClick={() =>
              setPage({ view: inHistory ? 'queue' : 'history', panel: null, jobId: null, highlight: null })
            }
          >
            {inHistory ? 'Back to the queue' : 'History'}
          </Button>
          {!first && (
            <Button variant="primary" icon="plus" onClick={browse}>
              Add files
            </Button>
          )}
        </>
      }
    >
      <div className={cx(styles.page, selected && page.panel && styles.withPanel)}>
        <div ref={left} className={styles.left} tabIndex={-1}>
          {(error ?? intake.error ?? streamError) && (
            <Failure
              error={(error ?? intake.error ?? streamError) as AppError}
              onDismiss={() => {
                setError(null);
                intake.dismiss();
              }}
            />
          )}
          {changed && <Notice text={changed} onDismiss={() => setChanged(null)} />}
          {intake.notice && <Notice text={intake.notice} onDismiss={intake.dismiss} />}
          {inHistory ? (
            <HistoryView highlight={page.highlight} onUndo={setUndoing} onChanged={setChanged} />
          ) : first ? (
            <FirstDropWithSample />
          ) : (
            <>
              <DropZone />
              {loaded ? (
                <QueueCard
                  items={items}
                  selectedJobId={selected?.jobId ?? null}
                  actions={actions}
                  uploadActions={uploadActions}
                  scroller={left}
                />
              ) : null}
            </>
          )}
        </div>
        {selected && page.panel === 'map' && (
          <MappingPanel job={selected} onClose={close} onCancel={cancelSelected} />
        )}
        {selected && page.panel === 'review' && (
          <ReviewPanel
            key={selected.jobId}
            job={selected}
            onClose={close}
            onMap={() => setPage({ ...page, panel: 'map' })}
            onCancel={cancelSelected}
            onUndo={setUndoing}
          />
        )}
      </div>
      <UndoDialog importId={undoing} onClose={() => setUndoing(null)} onChanged={setChanged} />
      <ManyFilesDialog intake={intake} />
    </Page>
  );
}

const panelOf = (job: JobView) => (job.state === 'mapping-needed' ? 'map' : 'review');

function FirstDropWithSample() {
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  return (
    <>
      {error && <ErrorPanel error={error} />}
      <FirstDrop
        sampleBusy={busy}
        onSample={() => {
          if (busy) return;
          setBusy(true);
          engine
            .call('imports.start-sample', {})
            .catch((thrown: unknown) => setError(toAppError(thrown)))
            .finally(() => setBusy(false));
        }}
      />
    </>
  );
}

function Failure({ error, onDismiss }: { error: AppError; onDismiss: () => void }) {
  return <ErrorPanel error={error} onRetry={onDismiss} retryLabel="Close" />;
}

function Notice({ text, onDismiss }: { text: string; onDismiss: () => void }) {
  return (
    <output className={styles.notice}>
      <Icon name="info" size={14} />
      <span className="grow">{text}</span>
      <IconButton icon="close" size="s" label="Close the note" onClick={onDismiss} />
    </output>
  );
}

function ManyFilesDialog({ intake }: { intake: Intake & IntakeState }) {
  const { toConfirm } = intake;
  return (
    <Dialog
      opened={toConfirm !== null}
      onClose={intake.dismiss}
      title={toConfirm ? `Import ${formatNumber(toConfirm.count)} files?` : ''}
      footer={
        <>
          <Button onClick={intake.dismiss}>Import nothing</Button>
          <Button variant="primary" onClick={intake.confirm}>
            Import {plural(toConfirm?.count ?? 0, 'file')}
          </Button>
        </>
      }
    >
      <p>
        {toConfirm?.from ? `“${toConfirm.from}” holds ` : 'You dropped '}
        {plural(toConfirm?.count ?? 0, 'file')}. Each one is checked on its own; nothing counts before it is
        accepted.
      </p>
    </Dialog>
  );
}
