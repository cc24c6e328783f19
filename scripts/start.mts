/** `npm start`: the desktop app where Electron can run, else the same app in the browser. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder } from '../src/main/hosts/data-folder.ts';
import { noWindowReason, obtainElectron, root } from './lib/electron-binary.mts';

const USAGE = `npm start -- [--demo] [--browser | --electron] [--home DIR] [--port N]
  --demo      also imports the bundled sample, into a data folder of its own
  --browser   serves the app for the browser instead of opening a window
  --electron  tries to download Electron again
  --home DIR  the data folder (default: the system's application data folder)
  --port N    port of the browser host (default: a free one)`;

const SAMPLES = join(root, 'resources', 'sample');
const CLI = join(root, 'out', 'main', 'cli.cjs');

function readOptions() {
  try {
    return parseArgs({
      options: {
        demo: { type: 'boolean', default: false },
        browser: { type: 'boolean', default: false },
        electron: { type: 'boolean', default: false },
        home: { type: 'string' },
        port: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const home = options.home ?? (options.demo ? defaultDataFolder('demo') : undefined);
const homeArguments = home === undefined ? [] : ['--home', home];

const noWindow = options.browser ? 'you asked for it' : noWindowReason();
const electron = noWindow === null ? obtainElectron(options.electron) : { unavailable: noWindow };
if ('binary' in electron) openWindow(electron.binary);
else serve(electron.unavailable);

function openWindow(binary: string): void {
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(binary, [...sandbox, root, ...homeArguments, ...(options.demo ? ['--demo'] : [])], {
    stdio: 'inherit',
  });
  forwardExit(child);
}

function serve(reason: string): void {
  console.log(`Opening in the browser, because ${reason}.`);
  if (options.demo) showDemo();
  const port = options.port === undefined ? [] : ['--port', options.port];
  const open = noWindowReason() === null ? ['--open'] : [];
  const child = spawn(process.execPath, [CLI, 'serve', ...homeArguments, ...port, ...open], {
    stdio: 'inherit',
    env: quiet(),
  });
  forwardExit(child);
}

function showDemo(): void {
  const files = readdirSync(SAMPLES)
    .filter((name) => /\.(csv|xlsx)$/i.test(name) && !/^targets|errors/i.test(name))
    .map((name) => join(SAMPLES, name));
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [CLI, ...args, ...homeArguments], { stdio: 'inherit', env: quiet() });
  run(['import', ...files, '--max-rejects', '100', '--on-duplicate', 'keep']);
  run(['query', '--named', 'revenue-summary']);
}

function quiet(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --disable-warning=ExperimentalWarning`.trim(),
  };
}

function forwardExit(child: ReturnType<typeof spawn>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Mauzo could not be started: ${error.message}`);
    process.exit(3);
  });
  child.on('exit', (code) => process.exit(code ?? 0));
}
