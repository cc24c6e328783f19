import type { ThemeChoice } from '#shared/rpc/bridge';
import { IconButton } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { setThemeChoice, useThemeChoice } from '../ui/theme.ts';

const CHOICES: readonly { id: ThemeChoice; label: string; icon: IconName }[] = [
  { id: 'system', label: 'Like the system', icon: 'screen' },
  { id: 'light', label: 'Light', icon: 'sun' },
  { id: 'dark', label: 'Dark', icon: 'moon' },
];

export function ThemeSwitch() {
  const choice = useThemeChoice();
  return (
    <Menu
      label="Light or dark"
      target={<IconButton icon="theme" label="Light or dark" />}
      items={CHOICES.map((entry) => ({
        ...entry,
        checked: entry.id === choice,
        onSelect: () => setThemeChoice(entry.id),
      }))}
    />
  );
}
