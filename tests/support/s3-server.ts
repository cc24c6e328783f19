import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Connection } from '../../src/shared/domain/connections.ts';

const READY_MS = 60_000;

/** The S3 server that tests run against: `MAUZO_TEST_VERSITYGW`, or where `npm run stack` puts it. */
export const versitygwPath = (): string =>
  process.env['MAUZO_TEST_VERSITYGW'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mauzo-stack', 'bin', 'versitygw');

/** Null when the server is there; otherwise why tests that need it are left out, for the person who reads the output. */
export function whyNoS3Server(): string | null {
  if (existsSync(versitygwPath())) return null;
  const reason = `no S3 server at ${versitygwPath()}: run “npm run stack -- up” once, or set MAUZO_TEST_VERSITYGW`;
  console.warn(`Left out: ${reason}`);
  return reason;
}

export interface S3ServerOptions {
  readonly readOnly?: boolean;
  /** PEM files; the server then speaks https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Serve the files of another server of this module; a folder of its own when absent. */
  readonly folder?: string;
  readonly credentials?: S3Credentials;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A real S3 server on loopback with credentials and files of its own. */
export interface S3Server extends S3Credentials {
  readonly port: number;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Holds a folder for each bucket. */
  readonly folder: string;
  connection(changes?: Partial<S3Connection>): S3Connection;
  /** Cuts it off without a chance to tidy up. */
  kill(): Promise<void>;
  /** Starts it again on the same port over the same files. */
  restart(): Promise<void>;
  /** Ends it and deletes its files. */
  stop(): Promise<void>;
}

export const randomName = (bytes = 8): string => randomBytes(bytes).toString('hex');

export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'mauzo-s3-'));
  const bucket = 'sales';
  mkdirSync(join(folder, bucket), { recursive: true });
  const region = 'eu-test-1';
  const { accessKeyId, secretAccessKey } = options.credentials ?? {
    accessKeyId: `AK${randomName(8).toUpperCase()}`,
    secretAccessKey: randomName(20),
  };
  const port = await freePort();
  const endpoint = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  const start = async () => {
    const args = ['--port', `127.0.0.1:${port}`, '--region', region, '--quiet'];
    if (options.readOnly) args.push('--readonly');
    if (options.tls) args.push('--cert', options.tls.cert, '--key', options.tls.key);
    const started = spawn(versitygwPath(), [...args, 'posix', folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ROOT_ACCESS_KEY_ID: accessKeyId, ROOT_SECRET_ACCESS_KEY: secretAccessKey },
    });
    child = started;
    let complaint = '';
    started.stderr.on('data', (piece: Buffer) => (complaint = (complaint + piece.toString()).slice(-2_000)));
    const deadline = Date.now() + READY_MS;
    while (!(await accepts(port))) {
      if (started.exitCode !== null)
        throw new Error(`versitygw ended with ${started.exitCode}: ${complaint}`);
      if (Date.now() > deadline) throw new Error(`versitygw does not listen on port ${port}: ${complaint}`);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill(signal);
    await ended;
  };

  await start();
  return {
    accessKeyId,
    secretAccessKey,
    port,
    endpoint,
    region,
    bucket,
    folder,
    connection: (changes) => ({
      endpoint,
      region,
      bucket,
      prefix: '',
      pathStyle: true,
      credentials: 'keys',
      accessKeyId,
      profile: null,
      ...changes,
    }),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      await start();
    },
    stop: async () => {
      await end('SIGTERM');
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (open: boolean) => {
      socket.destroy();
      // A refused port answers at once: without a pause the wait would keep a core busy.
      if (open) resolve(true);
      else setTimeout(() => resolve(false), 25);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
