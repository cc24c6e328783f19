import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const TIME_LIMIT_MS = 90_000;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KeychainSession {
  /** Folders of the user whose keychain it is. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs Node in a session of its own, whose keychain holds what earlier sessions of this folder left. */
  run(
    args: readonly string[],
    options?: { locked?: boolean; env?: NodeJS.ProcessEnv; input?: string },
  ): Promise<Ended>;
}

interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Its first line is all that is wanted of it. */
  readonly firstLine?: boolean;
}

/** Ends a program that hangs. Its whole group, because a session has a bus and a keychain of its own. */
function runProgram(
  command: string,
  args: readonly string[],
  { env, input = '', firstLine = false }: ProgramOptions & { env: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { env, stdio: 'pipe', detached: true });
    let stdout = '';
    let stderr = '';
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (firstLine && stdout.includes('\n')) end();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const timer = setTimeout(end, TIME_LIMIT_MS);
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}

/**
 * A user with a gnome-keyring below `folder`, unlocked by a password of the test.
 * @param password of the keychain
 */
export function keychainSession(folder: string, password: string): KeychainSession {
  const home = join(folder, 'user');
  const runtime = join(home, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: runtime,
  };
  const unlock = 'printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets';
  const start = 'gnome-keyring-daemon --start --components=secrets';
  return {
    env,
    run: (args, { locked = false, env: more = {}, input } = {}) =>
      runProgram(
        'dbus-run-session',
        [
          '--',
          'sh',
          '-c',
          `${locked ? start : unlock} >&2 && unset KEYRING_PASSWORD && exec "$@"`,
          'sh',
          process.execPath,
          ...args,
        ],
        { env: { ...env, KEYRING_PASSWORD: password, ...more }, ...(input === undefined ? {} : { input }) },
      ),
  };
}

/** Runs Node for the same user without a session bus, so without any keychain. */
export const runWithoutKeychain = (
  session: KeychainSession,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> =>
  runProgram(process.execPath, args, { ...options, env: { ...session.env, ...options.env } });
