import { Popover as MantinePopover } from '@mantine/core';
import { cloneElement, useEffect, useState, type ReactElement, type ReactNode } from 'react';
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
  // Mantine hears Escape only inside the dropdown, and focus gets there a moment after it is shown.
  useEffect(() => {
    if (!opened) return undefined;
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpened(false);
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [opened]);
  return (
    <MantinePopover
      opened={opened}
      onChange={setOpened}
      position={position}
      offset={6}
      closeOnEscape={false}
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
