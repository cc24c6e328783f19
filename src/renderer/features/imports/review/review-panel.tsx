import { useState } from 'react';
import type { JobView, LedgerLine } from '#shared/domain/job';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';
import { useCall } from '../../../data/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { plural } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { isKeptWaiting, reasonWords } from '../model/job-words.ts';
import { groupOfJob } from '../model/queue-model.ts';
import { PanelSection, SidePanel } from '../panel/side-panel.tsx';
import { ControlTotals, LedgerTable } from './control-totals.tsx';
import { useRejectsExport, type RejectsExport } from './export-rejects.ts';
import { FindingsList } from './findings-list.tsx';
import { findingsSummary } from './findings-model.ts';
import { JobSummary } from './job-summary.tsx';
import { overlapChoices, type OverlapChoice, type OverlapChoiceId } from './overlap-choices.ts';
import { OverlapSection } from './overlap-section.tsx';
import { RowsBelow } from './rejected-rows.tsx';
import styles from './review-panel.module.css';
import { SimilarValues } from './similar-values.tsx';
import { StepTimes } from './step-times.tsx';

/** Everything about one file: what was found, what is asked, and the answer. */
export function ReviewPanel({
  job,
  onClose,
  onMap,
  onCancel,
  onUndo,
}: {
  job: JobView;
  onClose: () => void;
  onMap: () => void;
  onCancel: () => void;
  onUndo: (importId: string) => void;
}) {
  const engine = useEngine();
  const [finding, setFinding] = useState<string | null>(null);
  const [choice, setChoice] = useState<OverlapChoiceId | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const rejects = useRejectsExport(job);
  const asks = job.state === 'review-needed';
  const history = useCall('history.list', {}, { enabled: asks });
  const choices = overlapChoices(job, history.data?.entries ?? []);
  const chosen = choices.find((entry) => entry.id === choice) ?? null;
  const blocked = blockedBecause(job, choices, chosen);

  const accept = () => {
    setBusy(true);
    setError(null);
    engine
      .call('jobs.accept', {
        jobId: job.jobId,
        ...(chosen ? { onOverlap: chosen.policy } : {}),
        ...(chosen && chosen.supersedes.length > 0 ? { supersedes: [...chosen.supersedes] } : {}),
      })
      .then(onClose, (thrown: unknown) => setError(toAppError(thrown)))
      .finally(() => setBusy(false));
  };

  const lines = controlLines(job);
  return (
    <SidePanel
      label={asks ? 'Review' : 'Import'}
      title={job.fileName}
      tag={<StateTag job={job} />}
      subtitle={asks ? 'Nothing counts until you accept it. You can undo it later.' : subtitleOf(job)}
      onClose={onClose}
      footer={
        hasFooter(job) && (
          <ReviewFooter
            job={job}
            rejects={rejects}
            blocked={blocked}
            busy={busy}
            acceptLabel={acceptLabel(job, chosen)}
            onAccept={accept}
            onMap={onMap}
            onCancel={onCancel}
            onUndo={onUndo}
          />
        )
      }
    >
      <div className={styles.split}>
        <div className={styles.facts}>
          {(error ?? rejects.error) && (
            <div className={styles.part}>{<ErrorPanel error={(error ?? rejects.error) as AppError} />}</div>
          )}
          {job.error && (
            <div className={styles.part}>
              <ErrorPanel error={{ ...job.error, correlationId: job.error.correlationId }} />
            </div>
          )}
          {rejects.path && (
            <p className={styles.note}>
              <Icon name="ok" size={14} className="good" />
              Written to {rejects.path}. Correct the rows there and drop that file here.
            </p>
          )}
          {asks && <Reasons job={job} />}
          {asks && <SimilarValues job={job} />}
          {lines.length > 0 && (
            <div className={styles.part}>
              <ControlTotals lines={lines} />
            </div>
          )}
          {choices.length > 0 && (
            <OverlapSection job={job} choices={choices} chosen={choice} onChoose={setChoice} />
          )}
          <JobSummary job={job} open={!asks} />
          {job.ledger && (
            <div className={styles.part}>
              <LedgerTable ledger={job.ledger} />
            </div>
          )}
          {!asks && <StepTimes job={job} open={groupOfJob(job) === 'running'} />}
          {job.findings.length > 0 && (
            <PanelSection title="Findings" aside={findingsSummary(job.rowsRejected, job.findings)}>
              <FindingsList findings={job.findings} selected={finding} onSelect={setFinding} />
            </PanelSection>
          )}
        </div>
        <RowsBelow job={job} chosen={finding} onShowAll={() => setFinding(null)} />
      </div>
    </SidePanel>
  );
}

function ReviewFooter({
  job,
  rejects,
  blocked,
  busy,
  acceptLabel,
  onAccept,
  onMap,
  onCancel,
  onUndo,
}: {
  job: JobView;
  rejects: RejectsExport;
  blocked: string | null;
  busy: boolean;
  acceptLabel: string;
  onAccept: () => void;
  onMap: () => void;
  onCancel: () => void;
  onUndo: (importId: string) => void;
}) {
  const asks = job.state === 'review-needed';
  const download = job.rowsRejected > 0 && (
    <Button icon="download" variant={asks ? 'ghost' : 'default'} busy={rejects.busy} onClick={rejects.start}>
      {asks ? 'Rejected rows' : 'Download rejected rows'}
    </Button>
  );
  if (!asks) {
    const importId = undoable(job);
    return (
      <>
        {importId !== null && (
          <Button icon="undo" onClick={() => onUndo(importId)}>
            Undo import
          </Button>
        )}
        <span className="grow" />
        {download}
      </>
    );
  }
  return (
    <>
      <Button variant="ghost" onClick={onCancel}>
        Cancel import
      </Button>
      <Button variant="ghost" onClick={onMap}>
        Columns
      </Button>
      <span className="grow" />
      {download}
      <Button
        variant="primary"
        busy={busy}
        disabled={blocked !== null}
        title={blocked ?? undefined}
        onClick={onAccept}
      >
        {acceptLabel}
      </Button>
      {blocked && (
        <p className={styles.blocked}>
          <Icon name="info" size={14} />
          {blocked}
        </p>
      )}
    </>
  );
}

/** The import that can be taken back from here; null for anything that does not count. */
const undoable = (job: JobView): string | null =>
  job.state === 'done' && job.duplicateOf === null ? job.importId : null;

const hasFooter = (job: JobView): boolean =>
  job.state === 'review-needed' || job.rowsRejected > 0 || undoable(job) !== null;

/** The number that will count: with rows skipped fewer than the good ones, and unknown when several files meet. */
function acceptLabel(job: JobView, chosen: OverlapChoice | null): string {
  if (chosen?.id !== 'skip') return `Accept ${plural(job.rowsAccepted, 'row')}`;
  return chosen.rowsChange === null ? 'Accept the new rows' : `Accept ${plural(chosen.rowsChange, 'row')}`;
}

/** Why the rows cannot be accepted now, or null. */
function blockedBecause(
  job: JobView,
  choices: readonly OverlapChoice[],
  chosen: OverlapChoice | null,
): string | null {
  if (job.state !== 'review-needed') return null;
  if (job.rowsAccepted === 0)
    return 'There is no good row to accept. Change the columns, or correct the file and drop it again.';
  if (controlLines(job).some((line) => !line.balanced))
    return 'The control totals must match first. Correct the rejected rows and drop the file again.';
  if (choices.length > 0 && !chosen) return 'Choose what to do about the rows that are there already.';
  return null;
}

const controlLines = (job: JobView): readonly LedgerLine[] =>
  job.review.flatMap((reason) => (reason.kind === 'control-totals' ? reason.lines : []));

/** One line for each thing that is asked; overlaps and control totals have their own section. */
function Reasons({ job }: { job: JobView }) {
  const shown = job.review.filter(
    (reason) => reason.kind === 'rejects-over-limit' || reason.kind === 'no-rows',
  );
  if (shown.length === 0) return null;
  return (
    <ul className={styles.reasons}>
      {shown.map((reason) => (
        <li key={reason.kind}>
          <Icon name="warning" size={14} className="warn-fill" />
          <span>{reasonWords(reason, job.rowsRejected)}.</span>
        </li>
      ))}
    </ul>
  );
}

function subtitleOf(job: JobView): string | undefined {
  if (job.state === 'done' && job.duplicateOf === null) return 'These rows count. You can undo the import.';
  if (job.state === 'undone') return 'These rows no longer count. They can be counted again from History.';
  return undefined;
}

function StateTag({ job }: { job: JobView }) {
  if (isKeptWaiting(job)) return <Tag icon="clock">Waiting for a connection</Tag>;
  switch (job.state) {
    case 'review-needed':
      return (
        <Tag tone="warn" icon="warning">
          Review needed
        </Tag>
      );
    case 'mapping-needed':
      return (
        <Tag tone="warn" icon="edit">
          Columns needed
        </Tag>
      );
    case 'failed':
      return (
        <Tag tone="bad" icon="error">
          Failed
        </Tag>
      );
    case 'done':
      return job.duplicateOf === null ? (
        <Tag tone="good" icon="ok">
          Imported
        </Tag>
      ) : (
        <Tag icon="copy">Already imported</Tag>
      );
    case 'cancelled':
      return <Tag icon="none">Cancelled</Tag>;
    case 'undone':
      return <Tag icon="undo">Undone</Tag>;
    case 'queued':
    case 'staged':
    case 'inspected':
    case 'validated':
    case 'accepted':
    case 'uploaded':
    case 'published':
      return (
        <Tag tone="accent" icon="clock">
          Running
        </Tag>
      );
  }
}
