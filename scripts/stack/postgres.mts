/** A PostgreSQL server of the stack's own, with a database for Druid's metadata and one for Mauzo. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { RunFolder } from './files.mts';
import type { Command } from './processes.mts';
import { DATABASE, HOST, type StackSettings } from './settings.mts';
import { StackError } from './stack-error.mts';
import { findPostgres, findSetpriv } from './tools.mts';

/** "nobody". */
const UNPRIVILEGED_ID = 65_534;
const SURVIVES_RESTART = '/var/tmp';

const isRoot = () => process.getuid?.() === 0;

/** PostgreSQL refuses to run as root, and the user that it runs as may not enter the run folder. */
function withoutRoot(command: string, args: readonly string[]): Omit<Command, 'env'> {
  if (!isRoot()) return { command, args, cwd: '/' };
  const id = String(UNPRIVILEGED_ID);
  return {
    command: findSetpriv(),
    cwd: '/',
    args: [`--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--', command, ...args],
  };
}

/**
 * The folder of the data, created when there is none. Root's run folder often lies where nobody else may look (a home,
 * a private temporary folder): then the data lie elsewhere, and the settings remember where.
 */
export function createPostgresFolder(folder: RunFolder, settings: StackSettings): string {
  const known = settings.postgres.folder;
  if (known !== null && existsSync(join(known, 'data', 'PG_VERSION'))) return known;
  const path = isRoot()
    ? mkdtempSync(join(existsSync(SURVIVES_RESTART) ? SURVIVES_RESTART : tmpdir(), 'mauzo-postgres-'))
    : folder.postgres;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const passwordFile = join(path, 'password');
  writeFileSync(passwordFile, settings.postgres.password, { mode: 0o600 });
  for (const owned of isRoot() ? [path, passwordFile] : [])
    chownSync(owned, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const { command, args, cwd } = withoutRoot(findPostgres().initdb, [
    '-D',
    join(path, 'data'),
    '-U',
    settings.postgres.user,
    `--pwfile=${passwordFile}`,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const run = spawnSync(command, args, { cwd, encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (run.status !== 0) {
    rmSync(path, { recursive: true, force: true });
    throw new StackError(
      `PostgreSQL could not create its data folder: ${(run.error?.message ?? run.stderr).trim()}`,
      'See the message; the disk may be full, or the installation incomplete.',
    );
  }
  return path;
}

/** Loopback only; crash safety is traded for speed, the data are of tests. */
export function postgresCommand({ ports, postgres }: StackSettings): Omit<Command, 'env'> {
  if (postgres.folder === null) throw new Error('The data folder of PostgreSQL was not created');
  const options = {
    listen_addresses: HOST,
    port: String(ports.postgres),
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '64MB',
    max_connections: '200',
  };
  return withoutRoot(findPostgres().postgres, [
    '-D',
    join(postgres.folder, 'data'),
    ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
}

/** Rejects while the server does not answer. */
export async function askPostgres(settings: StackSettings): Promise<void> {
  await withClient(settings, (client) => client.query('select 1'));
}

export async function createDatabases(settings: StackSettings): Promise<void> {
  await withClient(settings, async (client) => {
    const roles = await client.query("select 1 from pg_roles where rolname = 'druid'");
    if (roles.rowCount === 0) {
      const password = client.escapeLiteral(settings.postgres.druidPassword);
      await client.query(`create role druid login password ${password}`);
    }
    for (const [name, owner] of [
      ['druid', 'druid'],
      [DATABASE, settings.postgres.user],
    ] as const) {
      const found = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (found.rowCount === 0) await client.query(`create database ${name} owner ${owner} encoding 'UTF8'`);
    }
  });
}

async function withClient<T>(settings: StackSettings, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const { user, password } = settings.postgres;
  const client = new pg.Client({
    host: HOST,
    port: settings.ports.postgres,
    database: 'postgres',
    user,
    password,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // A server that is stopped under the connection is told by the query.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
