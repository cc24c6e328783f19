/** What the machine offers for tests in a real browser, a real desktop window and with a real keychain. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export function provideBrowser(): { readonly binary: string } | { readonly unavailable: string } {
  const named = process.env['MAUZO_TEST_CHROMIUM'];
  const binary = [...(named ? [named] : []), ...BROWSERS].find((path) => existsSync(path));
  return binary ? { binary } : { unavailable: 'no Chromium found (name one in MAUZO_TEST_CHROMIUM)' };
}

/** Why the keychain of a real desktop cannot be tested here; null when it can. */
export function keychainMissing(): string | null {
  if (process.platform !== 'linux') return 'the tests know how to start one on Linux only';
  const missing = ['dbus-run-session', 'gnome-keyring-daemon'].filter(
    (program) => spawnSync('which', [program]).status !== 0,
  );
  return missing.length === 0 ? null : `${missing.join(' and ')} not found`;
}

interface Display {
  readonly display: string;
  stop(): void;
}

/** The display at hand, or a virtual one that lives as long as this process. */
export function provideDisplay(): Promise<Display | { readonly unavailable: string }> {
  const present = process.env['DISPLAY'];
  if (present || process.platform !== 'linux')
    return Promise.resolve({ display: present ?? '', stop: () => {} });
  if (spawnSync('which', ['Xvfb']).status !== 0)
    return Promise.resolve({ unavailable: 'no display and no Xvfb' });
  return new Promise((resolve) => {
    // Xvfb picks a free number itself and writes it to the descriptor that -displayfd names.
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const stop = () => void server.kill();
    process.once('exit', stop);
    server.once('error', (error) => resolve({ unavailable: error.message }));
    server.once('exit', (code) => resolve({ unavailable: `Xvfb ended with ${code}` }));
    server.stdio[3]?.once('data', (chunk: Buffer) =>
      resolve({ display: `:${chunk.toString().trim()}`, stop }),
    );
  });
}
