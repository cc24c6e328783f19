import { Menu as MantineMenu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './menu.css';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName | undefined;
  readonly danger?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Marks the one in force of several choices. */
  readonly checked?: boolean | undefined;
  onSelect(): void;
}

/** Actions behind a button. */
export function Menu({
  target,
  label,
  items,
  position = 'bottom-end',
}: {
  target: ReactElement;
  label: string;
  items: readonly MenuItem[];
  position?: 'bottom-start' | 'bottom-end';
}) {
  return (
    <MantineMenu
      position={position}
      offset={6}
      transitionProps={{ transition: 'fade', duration: 120 }}
      classNames={{ dropdown: 'ui-popover ui-menu', item: 'ui-menu-item' }}
    >
      <MantineMenu.Target>{target}</MantineMenu.Target>
      <MantineMenu.Dropdown aria-label={label}>
        {items.map((item) => (
          <MantineMenu.Item
            key={item.id}
            disabled={item.disabled ?? false}
            {...(item.checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': item.checked })}
            onClick={item.onSelect}
            className={item.danger ? 'is-danger' : ''}
          >
            <span className="ui-menu-row">
              {item.icon && <Icon name={item.icon} />}
              <span className="grow">{item.label}</span>
              {item.checked && <Icon name="check" size={14} />}
            </span>
          </MantineMenu.Item>
        ))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  );
}
