import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const binaryName =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ??
  'electron';
/** A download that failed is not tried again for a day, so that the second start is quick. */
const RETRY_AFTER_MS = 24 * 3600 * 1000;
const DOWNLOAD_LIMIT_MS = 5 * 60 * 1000;

export interface ElectronBinary {
  readonly binary: string;
  readonly dist: string;
  readonly version: string;
}

function inFolder(dist: string): ElectronBinary | null {
  const binary = join(dist, binaryName);
  if (!existsSync(binary)) return null;
  const versionFile = join(dist, 'version');
  const version = existsSync(versionFile)
    ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '')
    : 'unknown';
  return { binary, dist, version };
}

/** The Electron binary at hand: the one that ELECTRON_OVERRIDE_DIST_PATH names, else the downloaded one. */
export function findElectron(): ElectronBinary | null {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  return (named ? inFolder(named) : null) ?? inFolder(join(root, 'node_modules', 'electron', 'dist'));
}

/** Why no Electron window can open here at all, or null. */
export function noWindowReason(): string | null {
  if (process.platform !== 'linux') return null;
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? null : 'there is no display';
}

/** The binary, downloaded when it is not there yet; or why it cannot be had. */
export function obtainElectron(retry: boolean): ElectronBinary | { readonly unavailable: string } {
  const found = findElectron();
  if (found) return found;
  const memory = join(root, '.runtime', 'electron-unavailable.json');
  if (!retry && existsSync(memory)) {
    const { at, reason } = JSON.parse(readFileSync(memory, 'utf8')) as { at: number; reason: string };
    if (Date.now() - at < RETRY_AFTER_MS)
      return { unavailable: `${reason} (“npm start -- --electron” tries again)` };
  }
  process.stderr.write('Downloading Electron (once) …\n');
  const run = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: DOWNLOAD_LIMIT_MS,
  });
  const downloaded = findElectron();
  if (run.status === 0 && downloaded) {
    rmSync(memory, { force: true });
    return downloaded;
  }
  const reason = 'its download failed';
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ at: Date.now(), reason }));
  return { unavailable: reason };
}
