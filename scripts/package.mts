/** `npm run package -- [--dir]`: the app as users install it; `--dir` makes the unpacked folder only. */
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { obtainElectron, root } from './lib/electron-binary.mts';
import { provideTestElectron } from './lib/test-electron.mts';

const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });

async function electronAtHand(): Promise<{ dist: string; version: string } | null> {
  const electron = obtainElectron(false);
  if ('binary' in electron) return electron;
  if (!values.dir) return null;
  // Good enough to check what is packed and how; never for a release, which needs Electron's own download.
  const test = await provideTestElectron();
  return 'binary' in test ? test : null;
}

const electron = await electronAtHand();
if (!electron) {
  console.error(
    'No Electron binary can be had on this machine.\n' +
      '  Cause: its download failed.\n' +
      '  Remedy: connect to the internet, or name a folder that holds Electron in ELECTRON_OVERRIDE_DIST_PATH.',
  );
  process.exit(3);
}
const paths = await build({
  projectDir: root,
  targets: Platform.current().createTarget(values.dir ? 'dir' : null),
  config: {
    extends: 'electron-builder.yml',
    electronDist: electron.dist,
    electronVersion: electron.version,
    // Unknown to Electron before 29, whose fuse wire is shorter.
    electronFuses:
      Number(electron.version.split('.')[0]) >= 29 ? { grantFileProtocolExtraPrivileges: false } : {},
  },
  publish: 'never',
});
console.log(`Packaged with Electron ${electron.version}: ${values.dir ? 'dist/' : paths.join(', ')}`);
