import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import './dialog.css';

/** A question that must be answered before going on. Escape and a click outside close it; focus is trapped and returned. */
export function Dialog({
  opened,
  onClose,
  title,
  size = 480,
  children,
  footer,
}: {
  opened: boolean;
  onClose(): void;
  title: string;
  /** Width in px. */
  size?: number;
  children: ReactNode;
  /** Buttons, the primary one last. */
  footer?: ReactNode;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      centered
      transitionProps={{ transition: 'fade', duration: 180 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{
        content: 'ui-dialog',
        header: 'ui-dialog-head',
        title: 'ui-dialog-title',
        body: 'ui-dialog-body',
        overlay: 'ui-dialog-scrim',
      }}
    >
      {children}
      {footer && <footer className="ui-dialog-foot">{footer}</footer>}
    </Modal>
  );
}
