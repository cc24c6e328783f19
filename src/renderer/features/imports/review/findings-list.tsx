import type { FindingSummary, Severity } from '#shared/domain/findings';
import { cx } from '../../../ui/class-names.ts';
import { formatNumber } from '../../../ui/format.ts';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import styles from './findings-list.module.css';
import { findingKey, sortFindings } from './findings-model.ts';

/** How each severity looks. */
export const MARKS: Readonly<Record<Severity, { icon: IconName; tone: string; word: string }>> = {
  error: { icon: 'error', tone: 'bad', word: 'rejects the row' },
  warning: { icon: 'warning', tone: 'warn-fill', word: 'kept with a warning' },
  info: { icon: 'info', tone: 'muted', word: 'put right' },
};

/** Every kind of finding with its exact count; choosing one shows its rows below. */
export function FindingsList({
  findings,
  selected,
  onSelect,
}: {
  findings: readonly FindingSummary[];
  selected: string | null;
  onSelect: (key: string | null) => void;
}) {
  const sorted = sortFindings(findings);
  const most = Math.max(1, ...findings.map((finding) => finding.count));
  return (
    <ul className={styles.list}>
      {sorted.map((finding) => {
        const key = findingKey(finding);
        const mark = MARKS[finding.severity];
        return (
          <li key={key}>
            <button
              type="button"
              className={styles.item}
              aria-pressed={key === selected}
              onClick={() => onSelect(key === selected ? null : key)}
            >
              <Icon name={mark.icon} size={14} className={mark.tone} />
              <span className={styles.title}>{finding.title}</span>
              <span className={cx('muted ellipsis', styles.column)}>{finding.column ?? 'whole row'}</span>
              <span className="sr">, {mark.word},</span>
              <span className={styles.track} aria-hidden="true">
                <b
                  className={cx(styles.bar, styles[finding.severity])}
                  style={{ width: `${Math.max(4, (finding.count / most) * 100)}%` }}
                />
              </span>
              <span className={styles.count}>{formatNumber(finding.count)}</span>
            </button>
            {key === selected && finding.explanation !== '' && (
              <p className={styles.why}>{finding.explanation}</p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
