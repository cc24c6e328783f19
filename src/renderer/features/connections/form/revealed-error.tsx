import { useEffect, useRef } from 'react';
import type { AppError } from '#shared/errors/app-error';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import styles from './service-card.module.css';

/** An error at the end of a form, brought into sight when it comes: keyed by the error. */
export function RevealedError({ error }: { error: AppError }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div ref={box} className={styles.error}>
      <ErrorPanel error={error} withDetails />
    </div>
  );
}
