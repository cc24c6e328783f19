import { memo, type ReactNode } from 'react';
import type { JobView } from '#shared/domain/job';
import { Button, IconButton } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import { formatBytes } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import { isKeptWaiting, messageOf, metaOf, uploadMessage, type RowMessage } from '../model/job-words.ts';
import { canCancel, canDismiss, QUEUE_STEPS, stepCells, type StepCell } from '../model/queue-model.ts';
import type { UploadEntry } from '../upload/upload-manager.ts';
import { MissingFields } from './missing-fields.tsx';
import styles from './queue-row.module.css';
import { StepStrip } from './step-strip.tsx';

export interface JobActions {
  readonly onOpen: (job: JobView) => void;
  readonly onCancel: (job: JobView) => void;
  readonly onDismiss: (job: JobView) => void;
  readonly onRetry: (job: JobView) => void;
  readonly onShowImport: (importId: string) => void;
}

/** One file: what it is, its seven steps, and one line about what is going on with its actions at the right. */
export const JobRow = memo(function JobRow({
  job,
  selected,
  actions,
}: {
  job: JobView;
  selected: boolean;
  actions: JobActions;
}) {
  const message = messageOf(job);
  return (
    <RowFrame
      name={job.fileName}
      meta={metaOf(job)}
      cells={stepCells(job)}
      selected={selected}
      jobId={job.jobId}
      onOpen={() => actions.onOpen(job)}
    >
      {message && (
        <MessageLine
          message={message}
          extra={message.kind === 'map' ? <MissingFields jobId={job.jobId} fallback={message.text} /> : null}
        >
          <JobButtons job={job} message={message} actions={actions} />
        </MessageLine>
      )}
    </RowFrame>
  );
});

function JobButtons({ job, message, actions }: { job: JobView; message: RowMessage; actions: JobActions }) {
  return (
    <>
      {message.kind === 'map' && (
        <Button size="s" onClick={() => actions.onOpen(job)}>
          Map columns
        </Button>
      )}
      {message.kind === 'review' && (
        <Button size="s" onClick={() => actions.onOpen(job)}>
          Review
        </Button>
      )}
      {message.kind === 'failed' && (
        <Button size="s" onClick={() => actions.onRetry(job)}>
          Try again
        </Button>
      )}
      {isKeptWaiting(job) && (
        <Button size="s" onClick={() => actions.onRetry(job)}>
          Try now
        </Button>
      )}
      {message.kind === 'duplicate' && job.duplicateOf && (
        <Button size="s" onClick={() => actions.onShowImport(job.duplicateOf?.importId ?? '')}>
          Show import
        </Button>
      )}
      {message.kind === 'progress' || message.kind === 'idle'
        ? canCancel(job) && (
            <IconButton
              icon="close"
              size="s"
              label={`Cancel ${job.fileName}`}
              onClick={() => actions.onCancel(job)}
            />
          )
        : canDismiss(job) && (
            <IconButton
              icon="close"
              size="s"
              label={`Take ${job.fileName} off the list`}
              onClick={() => actions.onDismiss(job)}
            />
          )}
    </>
  );
}

export interface UploadActions {
  readonly onRetry: (id: string) => void;
  readonly onCancel: (id: string) => void;
}

/** A file whose bytes are still on their way to the engine. */
export const UploadRow = memo(function UploadRow({
  upload,
  actions,
}: {
  upload: UploadEntry;
  actions: UploadActions;
}) {
  const message = uploadMessage(upload);
  const failed = message.kind === 'failed';
  return (
    <RowFrame name={upload.fileName} meta={formatBytes(upload.sizeBytes)} cells={uploadCells(upload)}>
      <MessageLine message={message}>
        {failed && (
          <Button size="s" onClick={() => actions.onRetry(upload.id)}>
            Try again
          </Button>
        )}
        {upload.state !== 'starting' && (
          <IconButton
            icon="close"
            size="s"
            label={failed ? `Take ${upload.fileName} off the list` : `Cancel ${upload.fileName}`}
            onClick={() => actions.onCancel(upload.id)}
          />
        )}
      </MessageLine>
    </RowFrame>
  );
});

function uploadCells(upload: UploadEntry): readonly StepCell[] {
  const glyph = upload.state === 'failed' ? 'failed' : upload.state === 'waiting' ? 'pending' : 'running';
  const percent = upload.sizeBytes > 0 ? (upload.bytesDone / upload.sizeBytes) * 100 : null;
  return QUEUE_STEPS.map((step, index) => ({
    id: step.id,
    label: step.label,
    glyph: index === 0 ? glyph : 'pending',
    percent: index === 0 && glyph === 'running' ? percent : null,
  }));
}

function RowFrame({
  name,
  meta,
  cells,
  selected = false,
  jobId,
  onOpen,
  children,
}: {
  name: string;
  meta: string;
  cells: readonly StepCell[];
  selected?: boolean;
  /** Where the focus comes back to when the panel of the job is closed. */
  jobId?: string;
  onOpen?: () => void;
  children: ReactNode;
}) {
  const workbook = /\.(xlsx?|xlsb|xlsm|ods)$/i.test(name);
  return (
    <div className={cx(styles.row, selected && styles.selected)}>
      <span className={styles.icon}>
        <Icon name={workbook ? 'sheet' : 'file'} />
      </span>
      <div className={styles.name}>
        {onOpen ? (
          <button
            type="button"
            data-job={jobId}
            className={styles.open}
            title={name}
            aria-pressed={selected}
            onClick={onOpen}
          >
            {name}
          </button>
        ) : (
          <span className={styles.plain} title={name}>
            {name}
          </span>
        )}
        <p className="muted ellipsis" title={meta}>
          {meta}
        </p>
      </div>
      <StepStrip cells={cells} />
      {children}
    </div>
  );
}

function MessageLine({
  message,
  extra = null,
  children,
}: {
  message: RowMessage;
  extra?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={styles.message}>
      {message.kind === 'progress' ? (
        <Progress message={message} />
      ) : (
        <>
          <MessageIcon kind={message.kind} />
          <span className="grow">
            {message.kind === 'failed' ? (
              <>
                {message.title}
                <span className={styles.detail}>{message.detail}</span>
              </>
            ) : (
              (extra ?? message.text)
            )}
          </span>
        </>
      )}
      <span className={styles.actions}>{children}</span>
    </div>
  );
}

function MessageIcon({ kind }: { kind: Exclude<RowMessage['kind'], 'progress'> }) {
  switch (kind) {
    case 'map':
    case 'review':
      return <Icon name="warning" size={14} className="warn-fill" />;
    case 'failed':
      return <Icon name="error" size={14} className="bad" />;
    case 'duplicate':
      return <Icon name="copy" size={14} className="muted" />;
    case 'idle':
      return <Icon name="clock" size={14} className="muted" />;
    case 'ended':
      return <Icon name="none" size={14} className="muted" />;
    default:
      throw new Error(`unknown message ${String(kind satisfies never)}`);
  }
}

function Progress({ message }: { message: Extract<RowMessage, { kind: 'progress' }> }) {
  const { percent } = message;
  return (
    <div className="grow">
      <progress
        className={styles.bar}
        aria-label={message.what}
        max={100}
        {...(percent === null ? {} : { value: Math.floor(percent * 10) / 10 })}
      />
      <p className={styles.facts}>
        <span className="medium">{message.what}</span>
        {message.facts.map((fact) => (
          <span key={fact} className="muted">
            {fact}
          </span>
        ))}
      </p>
    </div>
  );
}
