import { join } from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { root, temporaryFolder } from './host.ts';

const dist = process.env['MAUZO_TEST_ELECTRON'] ?? '';
const node = process.env['MAUZO_NODE'] ?? process.execPath;
export const FLAGS = ['--no-sandbox', '--disable-gpu'];

/** The command that starts the built app over a data folder. */
export function desktopCommand(
  home: string,
  args: readonly string[] = [],
): [string, string[], NodeJS.ProcessEnv] {
  const env: NodeJS.ProcessEnv = { ...process.env, MAUZO_NODE: node };
  // Options of the tests' Node; an older Electron refuses those that it does not know.
  delete env['NODE_OPTIONS'];
  return [join(dist, 'electron'), [...FLAGS, root, '--home', home, ...args], env];
}

export interface Desktop {
  readonly app: ElectronApplication;
  readonly window: Page;
}

interface Fixtures {
  readonly home: string;
  /** Starts the built app over the test's data folder, as `npm start` does. */
  readonly startDesktop: (args?: readonly string[]) => Promise<Desktop>;
}

export const test = base.extend<Fixtures>({
  home: async ({}, use) => {
    const folder = temporaryFolder();
    await use(folder.path);
    folder.remove();
  },
  startDesktop: async ({ home }, use) => {
    const running: ElectronApplication[] = [];
    await use(async (args = []) => {
      const [executablePath, commandArgs, env] = desktopCommand(home, args);
      const app = await _electron.launch({
        executablePath,
        args: commandArgs,
        env: env as Record<string, string>,
      });
      running.push(app);
      const window = await app.firstWindow();
      await window.getByRole('navigation', { name: 'Pages' }).waitFor();
      return { app, window };
    });
    for (const app of running) await app.close();
  },
});

export { expect } from '@playwright/test';
