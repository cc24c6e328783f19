import type { Settings } from '#shared/contract/app';
import { AppError } from '#shared/errors/app-error';

/** Where settings are kept; `SettingsStore` of imports/store-ports.ts implements it. */
export interface SettingsKeeper {
  read(): Promise<Settings>;
  update(patch: Partial<Settings>): Promise<Settings>;
}

/** Changes settings; `app.invalid_input` when the time zone is none that this machine knows. */
export async function updateSettings(keeper: SettingsKeeper, patch: Partial<Settings>): Promise<Settings> {
  const { timeZone } = patch;
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new AppError('app.invalid_input', 'input', {
      name: 'app.update-settings',
      path: 'timeZone',
      problem: `“${timeZone}” is not a time zone such as Africa/Nairobi`,
    });
  return keeper.update(patch);
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
