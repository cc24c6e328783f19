import type { ProbeStep } from '#shared/contract/connections';
import { cx } from '../../../ui/class-names.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import styles from './step-list.module.css';

const STATES: Readonly<Record<ProbeStep['state'], { icon: IconName | null; word: string; style: string }>> = {
  ok: { icon: 'check', word: 'Done', style: styles.ok ?? '' },
  warning: { icon: 'warning', word: 'Warning', style: styles.warning ?? '' },
  failed: { icon: 'close', word: 'Failed', style: styles.failed ?? '' },
  skipped: { icon: null, word: 'Not run', style: styles.skipped ?? '' },
};

/** What a test did, one line a step; a failed one says why and what to do. */
export function StepList({ steps }: { steps: readonly ProbeStep[] }) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => {
        const { icon, word, style } = STATES[step.state];
        return (
          <li key={`${step.name} ${step.detail}`} className={cx(styles.step, style)}>
            <span className={styles.dot}>{icon && <Icon name={icon} size={12} />}</span>
            <div className={styles.line}>
              <p>
                <span className="sr">{word}: </span>
                <b className="medium">{step.name}</b> <span className={styles.detail}>{detailOf(step)}</span>
              </p>
              {step.state !== 'skipped' && (
                <span className="muted tabular">{formatDuration(step.elapsedMs)}</span>
              )}
            </div>
            {step.error && (
              <div className={styles.why}>
                <ErrorPanel
                  error={step.error}
                  tone={step.state === 'warning' ? 'warn' : 'bad'}
                  withDetails
                  withKept={false}
                />
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** A bare code says nothing that the error below does not say in words. */
function detailOf({ state, detail, error }: ProbeStep): string {
  if (state === 'skipped') return detail === '' ? 'not run' : detail;
  return detail === error?.code ? '' : detail;
}
