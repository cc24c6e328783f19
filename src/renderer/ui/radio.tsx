import type { ComponentPropsWithRef } from 'react';
import { cx } from './class-names.ts';
import './radio.css';

/** A native radio button in the colours of the page. */
export function Radio({ className, ...rest }: Omit<ComponentPropsWithRef<'input'>, 'type'>) {
  return <input {...rest} type="radio" className={cx('ui-radio', className)} />;
}
