import type { ReactNode } from 'react';
import { ChangeMark, type Change } from './change-mark.tsx';
import type { FigureParts } from './format.ts';
import { Icon } from './icon.tsx';
import './kpi-cell.css';
import { Popover } from './popover.tsx';
import { Sparkline } from './sparkline.tsx';

export interface KpiChange {
  readonly id: string;
  /** "prev. period" */
  readonly label: string;
  /** For narrow cells: "prev." */
  readonly shortLabel: string;
  readonly change: Change | null;
}

export interface KpiProps {
  label: string;
  value: FigureParts;
  changes: readonly KpiChange[];
  spark: readonly (number | null)[];
  sparkComparison?: readonly (number | null)[] | undefined;
  /** One line below: a fact, or the coverage when the figure does not cover all revenue. */
  fact: ReactNode;
  /** The fact is a warning (coverage below 100 %, implausible value). */
  factWarns?: boolean | undefined;
  /** What the info button opens: description and formula. */
  info: ReactNode;
}

/** One surface, hairlines between cells. */
export function KpiStrip({ children }: { children: ReactNode }) {
  return (
    <section className="ui-kpis" aria-label="Key figures">
      {children}
    </section>
  );
}

export function KpiCell({
  label,
  value,
  changes,
  spark,
  sparkComparison,
  fact,
  factWarns = false,
  info,
}: KpiProps) {
  return (
    <article className="ui-kpi" aria-label={label}>
      <h2>
        {label}
        <Popover
          label={`About ${label}`}
          width={320}
          target={
            <button type="button" className="ui-kpi-info" aria-label={`About ${label}`}>
              <Icon name="info" size={12} />
            </button>
          }
        >
          {info}
        </Popover>
      </h2>
      <p className="ui-kpi-value">
        {value.prefix && <small>{value.prefix} </small>}
        {value.number}
        {value.suffix && (
          <small className={value.suffix === '%' ? 'is-percent' : ''}>
            {value.suffix === '%' ? '' : ' '}
            {value.suffix}
          </small>
        )}
      </p>
      <Sparkline values={spark} comparison={sparkComparison} />
      {changes.length > 0 && (
        <p className="ui-kpi-changes">
          {changes.map((entry) => (
            <span key={entry.id}>
              <ChangeMark change={entry.change} /> <span className="is-long">{entry.label}</span>
              <span className="is-short" aria-hidden="true">
                {entry.shortLabel}
              </span>
            </span>
          ))}
        </p>
      )}
      <p className="ui-kpi-fact">
        {factWarns && <Icon name="warning" size={12} className="warn-fill" />}
        <span className="ellipsis">{fact}</span>
      </p>
    </article>
  );
}
