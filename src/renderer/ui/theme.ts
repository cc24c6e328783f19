import { useSyncExternalStore } from 'react';
import type { ThemeChoice } from '#shared/rpc/bridge';

/** Also read by public/theme-boot.js before the first paint. */
const STORAGE_KEY = 'mauzo.theme';
const listeners = new Set<() => void>();
const system = matchMedia('(prefers-color-scheme: dark)');

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    // Storage refused: the choice lasts for this window only.
    return 'system';
  }
}

let choice = stored();

function resolved(): 'light' | 'dark' {
  if (choice !== 'system') return choice;
  return system.matches ? 'dark' : 'light';
}

function apply(): void {
  document.documentElement.dataset['theme'] = resolved();
  document.documentElement.dataset['mantineColorScheme'] = resolved();
  for (const listener of listeners) listener();
}

system.addEventListener('change', apply);

export function setThemeChoice(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // See stored(): nothing to keep it in.
  }
  window.mauzo?.theme.set(next);
  apply();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** The theme in force; charts take their colours anew when it changes. */
export function useResolvedTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, resolved);
}
