import { useEffect, useRef, type ReactNode } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import styles from './side-panel.module.css';

/**
 * The panel at the right edge; under 1200 px it covers the page. Focus moves to its title when it opens and Escape
 * closes it. The caller gives focus back.
 */
export function SidePanel({
  label,
  title,
  tag,
  subtitle,
  onClose,
  footer,
  children,
}: {
  label: string;
  title: string;
  tag?: ReactNode;
  subtitle?: ReactNode;
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    const element = panel.current;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || isOpenList(event.target)) return;
      event.preventDefault();
      onClose();
    };
    element?.addEventListener('keydown', onKeyDown);
    return () => element?.removeEventListener('keydown', onKeyDown);
  }, [onClose]);
  return (
    <aside ref={panel} className={styles.panel} aria-label={label}>
      <header className={styles.head}>
        <div className="grow">
          <div className={styles.title}>
            <h2 ref={heading} tabIndex={-1} className="ellipsis" title={title}>
              {title}
            </h2>
            {tag}
          </div>
          {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
      {footer && <footer className={styles.foot}>{footer}</footer>}
    </aside>
  );
}

/** Escape in an open list closes the list, not the panel. */
const isOpenList = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.getAttribute('aria-expanded') === 'true';

/** A titled part of the panel. */
export function PanelSection({
  title,
  aside,
  fill = false,
  children,
}: {
  title: string;
  aside?: ReactNode;
  /** Takes the room that is left. */
  fill?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={cx(styles.section, fill && styles.fill)}>
      <div className={styles.sectionHead}>
        <h3>{title}</h3>
        {aside && <span className="muted">{aside}</span>}
      </div>
      {children}
    </section>
  );
}
