import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { PostgresConnection } from '../../src/shared/domain/connections.ts';

const READY_MS = 120_000;
/** PostgreSQL refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;

/** The folder of the newest PostgreSQL programs of this machine; null when there are none. */
function programs(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const folders = [
    ...(process.env['MAUZO_TEST_POSTGRES'] ? [process.env['MAUZO_TEST_POSTGRES']] : []),
    ...versions.map((version) => join(debian, String(version), 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** Null when PostgreSQL is installed; otherwise why tests that need it are left out, for who reads the output. */
export function whyNoPostgres(): string | null {
  if (programs() !== null) return null;
  const reason = 'no PostgreSQL on this machine: install it (Debian: postgresql), or set MAUZO_TEST_POSTGRES';
  console.warn(`Left out: ${reason}`);
  return reason;
}

export interface PostgresServer {
  readonly port: number;
  /** Of the owner of the database `mauzo`. */
  readonly password: string;
  /** PEM file of the server's certificate, for “localhost”; it is its own authority. Null without TLS. */
  readonly certificate: string | null;
  connection(changes?: Partial<PostgresConnection>): PostgresConnection;
  /** Runs statements as superuser, outside of every pool. */
  sql(text: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends it in order, and cuts its clients off. */
  stop(): Promise<void>;
  /** kill -9 of all of it, as a power cut. */
  kill(): Promise<void>;
  /** Starts it again on the same port over the same files. */
  start(): Promise<void>;
  /** Ends it and deletes its files. */
  remove(): Promise<void>;
}

export interface PostgresServerOptions {
  readonly tls?: boolean;
  /** Lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf, before those that admit everybody with a password. */
  readonly admission?: readonly string[];
}

const random = () => randomBytes(12).toString('hex');

/** A real PostgreSQL on loopback with passwords and files of its own. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-pg-'));
  if (asRoot) chownSync(folder, NOBODY, NOBODY);
  const [admin, password] = [random(), random()];
  const data = join(folder, 'data');
  initialise(folder, data, admin);
  const certificate = options.tls ? makeCertificate(folder) : null;
  const settings = {
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: `'${folder}'`,
    // Durable against a kill, which is what tests do; not against a power cut of the machine.
    fsync: 'off',
    max_connections: '60',
    lc_messages: "'C'",
    ...(certificate === null
      ? {}
      : { ssl: 'on', ssl_cert_file: `'${certificate}'`, ssl_key_file: `'${join(folder, 'server.key')}'` }),
    ...options.settings,
  };
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  );
  writeFileSync(
    join(data, 'pg_hba.conf'),
    [...(options.admission ?? []), 'host all all 127.0.0.1/32 scram-sha-256', ''].join('\n'),
  );
  const port = await freePort();
  let child: ChildProcess | null = null;

  const sql: PostgresServer['sql'] = async (text, database = 'postgres') => {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: admin,
      database,
      ssl: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  const start = async () => {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      child ??= launch(data, port);
      try {
        await sql('select 1');
        return;
      } catch (error) {
        // Workers of a killed server may hold its memory for a moment longer: then it ends and is started again.
        if (child.exitCode !== null || child.signalCode !== null) child = null;
        if (Date.now() > deadline) throw error;
        await delay(50);
      }
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    const workers = signal === 'SIGKILL' && running.pid !== undefined ? childrenOf(running.pid) : [];
    running.kill(signal);
    // A worker that loses its postmaster serves on until it has nothing to do.
    for (const pid of workers) killIfThere(pid);
    await ended;
  };

  await start();
  await sql(`create role mauzo login password '${password}'`);
  await sql('create database mauzo owner mauzo');
  return {
    port,
    password,
    certificate,
    connection: (changes = {}) => ({
      host: '127.0.0.1',
      port,
      database: 'mauzo',
      schema: 'mauzo',
      user: 'mauzo',
      tls: 'off',
      caFile: null,
      ...changes,
    }),
    sql,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    start,
    async remove() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

const identity = asRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];

/** The program with its arguments, as somebody who is not root. */
function unprivileged(
  program: string,
  args: readonly string[],
): { command: string; args: readonly string[] } {
  const all = [...identity, join(programs() ?? '', program), ...args];
  return { command: all[0] ?? '', args: all.slice(1) };
}

function initialise(folder: string, data: string, admin: string): void {
  const secret = join(folder, 'secret');
  writeFileSync(secret, admin, { mode: 0o600 });
  if (asRoot) chownSync(secret, NOBODY, NOBODY);
  const { command, args } = unprivileged('initdb', [
    '-D',
    data,
    '--username=postgres',
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  rmSync(secret);
}

function launch(data: string, port: number): ChildProcess {
  const { command, args } = unprivileged('postgres', ['-D', data, '-p', String(port)]);
  // setpriv replaces itself by the server: the child is the postmaster.
  return spawn(command, args, { stdio: 'ignore', cwd: data });
}

function childrenOf(pid: number): readonly number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function makeCertificate(folder: string): string {
  const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  const request =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost';
  execFileSync('openssl', [...request.split(' '), '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  if (asRoot) for (const path of [key, certificate]) chownSync(path, NOBODY, NOBODY);
  return certificate;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
