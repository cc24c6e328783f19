/** The programs of the machine that the stack is made of, each with what to do when it is missing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StackError } from './stack-error.mts';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const OLDEST_JAVA = 11;

function onPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** JAVA_HOME first, as Java's own tools do. */
export function findJava(): string {
  const home = process.env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : onPath('java');
  if (java !== null && existsSync(java)) return java;
  throw new StackError(
    'Java is missing: Druid runs on it.',
    'Install Java 17 (Debian: apt-get install default-jre-headless), or set JAVA_HOME to one.',
  );
}

/** The same, after asking it for its version. */
export function findFittingJava(): string {
  const java = findJava();
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(stderr) ?? [];
  // Java 8 calls itself 1.8.
  const major = Number(first === '1' ? second : first);
  if (major >= OLDEST_JAVA) return java;
  throw new StackError(
    `Java at ${java} is too old or does not answer: ${stderr.trim().split('\n')[0] ?? ''}`,
    'Install Java 17 and put it first in PATH, or set JAVA_HOME to it.',
  );
}

export interface PostgresTools {
  readonly initdb: string;
  readonly postgres: string;
}

/** Debian keeps the server's programs out of PATH, one folder a version. */
export function findPostgres(): PostgresTools {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN_POSTGRES, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    const tools = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
    if (folder !== '' && existsSync(tools.initdb) && existsSync(tools.postgres)) return tools;
  }
  throw new StackError(
    'The PostgreSQL server is missing.',
    'Install PostgreSQL 15 or newer (Debian: apt-get install postgresql), or put the folder of initdb and postgres in PATH.',
  );
}

export function findMaven(): string {
  const mvn = onPath('mvn');
  if (mvn) return mvn;
  throw new StackError(
    'Maven is missing: Druid is assembled from Maven artifacts, once.',
    'Install it (Debian: apt-get install maven).',
  );
}

/** From 1.21 on, Go fetches the newer version of itself that a module asks for. */
const OLDEST_GO = 21;

export function findGo(): string {
  const remedy = 'Install Go 1.25 or newer (Debian: apt-get install golang-go) and put it in PATH.';
  const go = onPath('go');
  if (go === null) throw new StackError('Go is missing: the S3 server is built with it, once.', remedy);
  const { stdout } = spawnSync(go, ['version'], { encoding: 'utf8' });
  const minor = Number(/go1\.(\d+)/.exec(stdout)?.[1]);
  if (!(minor >= OLDEST_GO)) {
    throw new StackError(`Go at ${go} is too old or does not answer: ${stdout.trim()}`, remedy);
  }
  return go;
}

/** Postgres refuses to run as root, so it is started as nobody. */
export function findSetpriv(): string {
  const setpriv = onPath('setpriv');
  if (setpriv) return setpriv;
  throw new StackError(
    'setpriv is missing: PostgreSQL refuses to run as root and is started as another user with it.',
    'Install util-linux, or start the stack as a user who is not root.',
  );
}
