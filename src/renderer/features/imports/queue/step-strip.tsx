import { cx } from '../../../ui/class-names.ts';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import {
  describeStep,
  describeSteps,
  QUEUE_STEPS,
  type StepCell,
  type StepGlyph,
} from '../model/queue-model.ts';
import styles from './step-strip.module.css';

const ICONS: Partial<Record<StepGlyph, IconName>> = {
  done: 'check',
  'needs-mapping': 'edit',
  'needs-review': 'warning',
  failed: 'close',
  duplicate: 'copy',
};

const CLASSES: Readonly<Record<StepGlyph, string | undefined>> = {
  pending: styles.pending,
  running: styles.running,
  done: styles.done,
  'needs-mapping': styles.waiting,
  'needs-review': styles.waiting,
  failed: styles.failed,
  duplicate: styles.duplicate,
};

/** Names of the steps, once above all rows. */
export function StepHeader() {
  return (
    <div className={styles.header} aria-hidden="true">
      <span className={styles.file}>File</span>
      {QUEUE_STEPS.map((step) => (
        <span key={step.id}>{step.label}</span>
      ))}
    </div>
  );
}

/** Seven glyphs on one line; in words for assistive technology. */
export function StepStrip({ cells }: { cells: readonly StepCell[] }) {
  return (
    <div className={styles.strip}>
      <span className="sr">{describeSteps(cells)}</span>
      {cells.map((cell) => {
        const icon = ICONS[cell.glyph];
        const share = cell.glyph === 'running' ? `${cell.percent ?? 25}%` : undefined;
        return (
          <span
            key={cell.id}
            className={cx(styles.step, CLASSES[cell.glyph])}
            title={describeStep(cell)}
            aria-hidden="true"
          >
            <i
              className={cx(cell.glyph === 'running' && cell.percent === null && styles.turning)}
              style={share === undefined ? undefined : { ['--share' as string]: share }}
            >
              {icon && <Icon name={icon} size={10} />}
            </i>
          </span>
        );
      })}
    </div>
  );
}
