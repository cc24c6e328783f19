import type { ComponentPropsWithRef, ReactNode } from 'react';
import './chip.css';
import { cx } from './class-names.ts';
import { Icon } from './icon.tsx';

export interface ChipProps extends Omit<ComponentPropsWithRef<'button'>, 'name' | 'value'> {
  /** "Branch" */
  name: string;
  /** "all 12", "Kisumu", "3 of 12" */
  value: ReactNode;
  /** A filter is set. */
  active?: boolean | undefined;
  /** Shows a cross that takes the filter away. */
  onRemove?: (() => void) | undefined;
}

/** A filter on the filter bar: opens its list, and shows what it holds. */
export function Chip({ name, value, active = false, onRemove, className, ...rest }: ChipProps) {
  return (
    <span className={cx('ui-chip', active && 'is-active', className)}>
      <button type="button" {...rest} className="ui-chip-main">
        {name} <b className="ellipsis">{value}</b>
        {!onRemove && <Icon name="chevron-down" size={12} />}
      </button>
      {onRemove && (
        <button
          type="button"
          className="ui-chip-remove"
          aria-label={`Remove filter ${name}`}
          title={`Remove filter ${name}`}
          onClick={onRemove}
        >
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  );
}
