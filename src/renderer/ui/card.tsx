import { useId, type ReactNode } from 'react';
import './card.css';
import { cx } from './class-names.ts';

/** A titled surface. `unit` says once what the figures are in ("Net sales, KES M"). */
export function Card({
  title,
  unit,
  actions,
  children,
  flush = false,
  className,
}: {
  title?: ReactNode;
  unit?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Body without padding: tables draw to the card's edges. */
  flush?: boolean;
  className?: string | undefined;
}) {
  const id = useId();
  return (
    <section className={cx('ui-card', className)} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header className="ui-card-head">
          <h2 id={id}>{title}</h2>
          {unit && <p>{unit}</p>}
          <span className="grow" />
          {actions}
        </header>
      )}
      <div className={flush ? 'ui-card-flush' : 'ui-card-body'}>{children}</div>
    </section>
  );
}
