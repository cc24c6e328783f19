import type { ComponentPropsWithRef, ReactNode } from 'react';
import './button.css';
import { cx } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  /** One primary button a page. */
  variant?: 'default' | 'primary' | 'ghost' | 'danger' | undefined;
  size?: 'm' | 's' | undefined;
  icon?: IconName | undefined;
  /** At the right edge: a chevron for what opens a menu. */
  trailingIcon?: IconName | undefined;
  /** Stays focusable and keeps its width; clicks are ignored and the state is announced. */
  busy?: boolean | undefined;
  children: ReactNode;
}

export function Button({
  variant = 'default',
  size = 'm',
  icon,
  trailingIcon,
  busy = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={cx('ui-button', `is-${variant}`, size === 's' && 'is-small', busy && 'is-busy', className)}
      aria-busy={busy || undefined}
      onClick={busy ? undefined : onClick}
    >
      {icon && <Icon name={icon} size={size === 's' ? 14 : 16} />}
      {children}
      {trailingIcon && <Icon name={trailingIcon} size={14} />}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  icon: IconName;
  /** Accessible name, also the tooltip. */
  label: string;
  size?: 'm' | 's' | undefined;
  variant?: 'ghost' | 'default' | undefined;
}

export function IconButton({
  icon,
  label,
  size = 'm',
  variant = 'ghost',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={cx('ui-button', 'is-icon', `is-${variant}`, size === 's' && 'is-small', className)}
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
