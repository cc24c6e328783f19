import { Popover as MantinePopover } from '@mantine/core';
import { cloneElement, useState, type ReactElement, type ReactNode } from 'react';
import './popover.css';

/** Content beside a control. Escape and a click outside close it; focus moves in and comes back. */
export function Popover({
  target,
  label,
  width,
  position = 'bottom-start',
  padded = true,
  children,
}: {
  /** A button that takes `ref`, `onClick` and aria attributes; it toggles the popover. */
  target: ReactElement<{ onClick?: (() => void) | undefined }>;
  label: string;
  width?: number;
  position?: 'bottom-start' | 'bottom-end' | 'bottom' | 'top-start' | 'top-end';
  padded?: boolean;
  /** A function gets what closes the popover. */
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  const [opened, setOpened] = useState(false);
  return (
    <MantinePopover
      opened={opened}
      onChange={setOpened}
      position={position}
      offset={6}
      trapFocus
      returnFocus
      {...(width === undefined ? {} : { width })}
      transitionProps={{ transition: 'fade', duration: 120 }}
      classNames={{ dropdown: padded ? 'ui-popover is-padded' : 'ui-popover' }}
    >
      <MantinePopover.Target>
        {cloneElement(target, { onClick: () => setOpened((is) => !is) })}
      </MantinePopover.Target>
      <MantinePopover.Dropdown aria-label={label}>
        {typeof children === 'function' ? children(() => setOpened(false)) : children}
      </MantinePopover.Dropdown>
    </MantinePopover>
  );
}
