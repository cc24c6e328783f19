import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { _electron, chromium, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { root, temporaryFolder } from './host.ts';

const dist = process.env['MAUZO_TEST_ELECTRON'] ?? '';
const node = process.env['MAUZO_NODE'] ?? process.execPath;
const FLAGS = ['--no-sandbox', '--disable-gpu'];

/** The command that starts the built app over a data folder. */
export function desktopCommand(
  home: string,
  args: readonly string[] = [],
): [string, string[], NodeJS.ProcessEnv] {
  const env = { ...process.env, MAUZO_NODE: node };
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

/**
 * Starts the packaged app. Its fuses forbid the inspector that Playwright drives Electron by, so the page alone is
 * driven, over the remote debugging port that Chromium chooses.
 */
export async function startPackaged(
  binary: string,
  home: string,
): Promise<{ window: Page; close(): Promise<void> }> {
  const child = spawn(binary, [...FLAGS, '--remote-debugging-port=0', '--home', home], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MAUZO_NODE: node },
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the packaged app ended with ${code}: ${output}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (!context) throw new Error('the packaged app has no window');
  const window = context.pages()[0] ?? (await context.waitForEvent('page'));
  await window.getByRole('navigation', { name: 'Pages' }).waitFor();
  return {
    window,
    async close() {
      await browser.close();
      child.kill('SIGTERM');
      await exited;
    },
  };
}

export { expect } from '@playwright/test';
