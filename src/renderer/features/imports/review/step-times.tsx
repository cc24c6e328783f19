import type { JobStep, JobView } from '#shared/domain/job';
import { formatBytes, formatDuration, plural } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import styles from './job-summary.module.css';

const LABELS: Readonly<Record<JobStep, string>> = {
  stage: 'Staged',
  inspect: 'Inspected',
  map: 'Mapped',
  validate: 'Validated',
  accept: 'Accepted',
  upload: 'Stored',
  publish: 'Published',
  reconcile: 'Ledger balanced',
};

/** How long each step took and what went through it; open while the file is on its way. */
export function StepTimes({ job, open }: { job: JobView; open: boolean }) {
  const steps = job.steps.filter((step) => step.state !== 'pending' && step.state !== 'skipped');
  if (steps.length === 0) return null;
  const totalMs = steps.reduce((sum, step) => sum + step.elapsedMs, 0);
  return (
    <details className={styles.summary} open={open}>
      <summary>
        <Icon name="chevron-right" size={14} />
        <b className="medium">{plural(steps.length, 'step')}</b>
        {totalMs > 0 && <span>{formatDuration(totalMs)}</span>}
      </summary>
      <dl className={styles.facts}>
        {steps.map((step) => (
          <div key={step.step}>
            <dt>
              {LABELS[step.step]}
              {step.rows > 0 && <small>{plural(step.rows, 'row')}</small>}
              {step.rows === 0 && step.bytes > 0 && <small>{formatBytes(step.bytes)}</small>}
            </dt>
            <dd>{step.state === 'running' ? 'running' : formatDuration(step.elapsedMs)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
