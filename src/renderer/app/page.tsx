import { useEffect, type ReactNode } from 'react';
import { useRefreshing } from '../data/queries.ts';
import { cx } from '../ui/class-names.ts';
import { LoadingLine } from '../ui/loading-line.tsx';
import './page.css';
import { ThemeSwitch } from './theme-switch.tsx';

/**
 * The frame of every page: top bar (title, controls, actions), optional filter bar, and the part that scrolls.
 * `controls` sit beside the title, `actions` at the right edge (the primary button last).
 */
export function Page({
  title,
  controls,
  actions,
  filters,
  bare = false,
  children,
}: {
  title: string;
  controls?: ReactNode;
  actions?: ReactNode;
  filters?: ReactNode;
  /** No padding and no own scrolling: the page lays itself out. */
  bare?: boolean;
  children: ReactNode;
}) {
  const refreshing = useRefreshing();
  useEffect(() => {
    document.title = `${title} · Mauzo`;
  }, [title]);
  return (
    <>
      <header className="app-topbar">
        <h1>{title}</h1>
        {controls}
        <span className="grow" />
        <ThemeSwitch />
        {actions}
      </header>
      <LoadingLine active={refreshing} />
      {filters && (
        <section className="app-filters" aria-label="Filters">
          {filters}
        </section>
      )}
      <main id="content" tabIndex={-1} className={cx('app-page', bare && 'is-bare')}>
        {children}
      </main>
    </>
  );
}
