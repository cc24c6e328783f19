import type { ComponentPropsWithRef } from 'react';
import { cx } from '../../../ui/class-names.ts';
import styles from './radio.module.css';

/** A native radio button in the colours of the page. */
export function Radio({ className, ...rest }: Omit<ComponentPropsWithRef<'input'>, 'type'>) {
  return <input {...rest} type="radio" className={cx(styles.radio, className)} />;
}
