import { homedir } from 'node:os';
import { join } from 'node:path';

/** What decides where a person's data lies. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
}

const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  userHome: homedir(),
});

/**
 * The data folder when none is named: the same for the desktop app, the browser host and the command line, so that
 * they show the same figures. It is `Mauzo` in the system's folder for application data. The demo has a folder of its
 * own: sample figures never mix with real ones.
 */
export function defaultDataFolder(kind: 'real' | 'demo', machine = thisMachine()): string {
  return join(applicationData(machine), kind === 'demo' ? 'Mauzo demo' : 'Mauzo');
}

/** An environment variable that is empty counts as not set, as in the XDG specification. */
function applicationData({ platform, env, userHome }: Machine): string {
  if (platform === 'win32') return env['APPDATA'] || join(userHome, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support');
  return env['XDG_CONFIG_HOME'] || join(userHome, '.config');
}
