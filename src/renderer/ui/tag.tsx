import type { ReactNode } from 'react';
import { cx } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import './tag.css';

/** A state in a word. Tone never stands alone: give it an icon. */
export function Tag({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: 'neutral' | 'good' | 'bad' | 'warn' | 'accent';
  icon?: IconName | undefined;
  children: ReactNode;
}) {
  return (
    <span className={cx('ui-tag', `is-${tone}`)}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}
