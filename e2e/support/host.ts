import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const CLI = join(root, 'out', 'main', 'cli.cjs');

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'mauzo-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10 }) };
}

/** The browser host as `npm start` runs it, over a data folder of the test. */
export interface Host {
  /** One-time address with the launch token. */
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

export function startHost(home: string): Promise<Host> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', CLI, 'serve', '--home', home],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return new Promise((resolveHost, reject) => {
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output)?.[0];
      if (url)
        resolveHost({
          url,
          stop: () => end(child, 'SIGTERM', ended),
          kill: () => end(child, 'SIGKILL', ended),
        });
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${output}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill(signal);
  await ended;
}

/** Runs a command of the command line over a data folder and gives what it printed; throws when it fails. */
export function runCli(args: readonly string[]): string {
  return execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}
