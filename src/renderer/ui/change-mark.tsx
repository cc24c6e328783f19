import './change-mark.css';
import { cx } from './class-names.ts';
import { BLANK } from './format.ts';

export interface Change {
  /** Already formatted, without a sign: "6.2%", "0.3 pp". */
  readonly text: string;
  readonly direction: 'up' | 'down' | 'flat';
  /** Neutral changes carry no colour. */
  readonly verdict: 'better' | 'worse' | 'neutral';
}

/** Arrow = direction; filled = better, hollow = worse; the verdict is also said in words to screen readers. */
export function ChangeMark({ change, label }: { change: Change | null; label?: string }) {
  if (!change) {
    return (
      <span className="ui-change is-blank" title="No figure to compare with">
        {BLANK}
        {label && <em>{label}</em>}
      </span>
    );
  }
  return (
    <span className={cx('ui-change', `is-${change.verdict}`)}>
      <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
        {change.direction === 'up' && <path d="M4 1.2L7.2 6.800H.8z" />}
        {change.direction === 'down' && <path d="M4 6.8L.8 1.2h6.4z" />}
        {change.direction === 'flat' && <path d="M1 4h6" />}
      </svg>
      <span className="sr">{change.direction === 'flat' ? 'unchanged' : change.direction} </span>
      {change.text}
      {change.verdict !== 'neutral' && <span className="sr"> {change.verdict}</span>}
      {label && <em> {label}</em>}
    </span>
  );
}
