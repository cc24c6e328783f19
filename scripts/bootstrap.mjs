// Runs on any Node >= 18 with npm and nothing else: gets Node 24 when the machine's is older, installs exactly the
// lockfile, builds what is stale, then hands over. Without dependencies on purpose: it runs before they exist.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_MAJOR = 24;
const NODE_VERSION = '24.21.0';
const commands = {
  start: 'scripts/start.mts',
  test: 'scripts/test.mts',
  package: 'scripts/package.mts',
  bench: 'bench/run.mts',
  mauzo: 'out/main/cli.cjs',
  stack: 'scripts/stack/main.mts',
};

function fail(title, cause, remedy) {
  process.stderr.write(`\n${title}\n  Cause: ${cause}\n  Remedy: ${remedy}\n`);
  process.exit(3);
}

const say = (text) => process.stderr.write(`${text}\n`);

/** npm's own script, so that it can be run by another Node; npm on the PATH when started without npm. */
function npm(node, args, cwd) {
  const script = process.env.npm_execpath;
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH };
  // A production setting of the shell must not leave out the tools that build and test.
  delete env.NODE_ENV;
  // Companies that inspect traffic put their own certificate into the system's store, which a fetched Node ignores.
  env.NODE_USE_SYSTEM_CA = '1';
  const options = {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  };
  const run =
    script && /\.c?js$/.test(script)
      ? spawnSync(node, [script, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  return {
    ok: run.status === 0,
    output: `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ? run.error.message : ''}`,
  };
}

function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${os}-${process.arch}`;
  const folder = join(root, '.runtime', `node-${NODE_VERSION}`);
  const binary = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary)) {
    say(
      `Node ${process.versions.node} is older than ${NODE_MAJOR}: fetching Node ${NODE_VERSION} into .runtime (once).`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const run = npm(
      process.execPath,
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${NODE_VERSION}`],
      folder,
    );
    if (!run.ok || !existsSync(binary)) {
      rmSync(folder, { recursive: true, force: true });
      fail(
        `Node ${NODE_MAJOR} could not be fetched`,
        run.output.trim().split('\n').slice(-3).join(' '),
        `Check that npm reaches its registry, or install Node ${NODE_MAJOR} yourself and run the command again.`,
      );
    }
  }
  return binary;
}

const hashOf = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};
const readOrEmpty = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function ensureDependencies(node) {
  const stamp = join(root, 'node_modules', '.mauzo-install');
  const wanted = hashOf([readFileSync(join(root, 'package-lock.json')), process.platform, process.arch]);
  if (readOrEmpty(stamp) === wanted) return;
  say('Installing packages from the lockfile (once) …');
  const flags = ['--loglevel=error', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  let run = npm(node, ['ci', ...flags], root);
  if (!run.ok && run.output.includes('in sync')) {
    // A lockfile written against a registry that lacks the files of some platforms: `ci` refuses it although nothing
    // that this machine needs is missing. `install --no-save` takes every locked version and writes no lockfile.
    run = npm(node, ['install', '--no-save', ...flags], root);
  }
  if (!run.ok) {
    fail(
      'The packages could not be installed',
      run.output.trim().split('\n').slice(-6).join('\n  '),
      'Check that npm reaches its registry and that the disk has 2 GB free, then run the command again.',
    );
  }
  const check = spawnSync(node, [join(root, 'scripts', 'preflight.mjs')], { cwd: root, encoding: 'utf8' });
  process.stderr.write(check.stderr);
  if (check.status !== 0) process.exit(3);
  writeFileSync(stamp, wanted);
}

/** Names, sizes and times would miss a checkout of another branch: the contents decide. */
function sourceHash() {
  const files = ['package-lock.json', 'electron.vite.config.ts', 'package.json'];
  const walk = (folder) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = `${folder}/${name}`;
      if (statSync(join(root, path)).isDirectory()) walk(path);
      else if (!/\.test\.tsx?$|\.fixture\.tsx?$|\.md$/.test(name)) files.push(path);
    }
  };
  walk('src');
  return hashOf(files.flatMap((path) => [path, readFileSync(join(root, path))]));
}

function ensureBuild(node) {
  const stamp = join(root, 'out', '.mauzo-build');
  const wanted = sourceHash();
  if (readOrEmpty(stamp) === wanted) return;
  say('Building Mauzo …');
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const run = spawnSync(
    node,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  if (run.status !== 0)
    fail(
      'Mauzo could not be built',
      'see the messages above',
      'Undo local changes under src, or report the message.',
    );
  writeFileSync(stamp, wanted);
}

const [command = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, command) && command !== 'build') {
  fail(
    `“${command}” is not a command of the bootstrap`,
    'a script called it with a wrong name',
    `Use one of: build, ${Object.keys(commands).join(', ')}.`,
  );
}
const node = ensureNode();
ensureDependencies(node);
// The stack is of other people's programs.
if (command !== 'stack') ensureBuild(node);
if (command !== 'build') {
  const run = spawnSync(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      join(root, commands[command]),
      ...args,
    ],
    {
      cwd: command === 'mauzo' ? (process.env.INIT_CWD ?? root) : root,
      stdio: 'inherit',
      env: { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH },
    },
  );
  process.exit(run.status ?? 3);
}
