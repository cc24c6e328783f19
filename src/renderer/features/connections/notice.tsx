import type { ReactNode } from 'react';
import { cx } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import styles from './notice.module.css';

/** What one should know before going on; it stays as long as it is true. */
export function Notice({ tone, children }: { tone: 'info' | 'warn'; children: ReactNode }) {
  return (
    <div className={cx(styles.notice, tone === 'warn' && styles.warn)}>
      <Icon name={tone === 'warn' ? 'warning' : 'info'} className={tone === 'warn' ? 'warn-fill' : 'muted'} />
      <div>{children}</div>
    </div>
  );
}
