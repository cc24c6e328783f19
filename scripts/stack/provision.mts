/** What is fetched once per machine: Druid's jars from Maven artifacts, and the S3 server built by Go. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './stack-error.mts';
import { findFittingJava, findGo, findMaven, findPostgres, findSetpriv } from './tools.mts';

/** The newest of which core and all these extensions are published as Maven artifacts. */
const DRUID_VERSION = '25.0.0';
export const DRUID_EXTENSIONS = [
  'druid-s3-extensions',
  'postgresql-metadata-storage',
  'druid-datasketches',
] as const;
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const VERSITYGW = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const KEPT_OUTPUT_CHARS = 20_000;

export interface Provision {
  readonly druid: string;
  readonly versitygw: string;
}

const druidPath = (cache: string) => join(cache, `druid-${DRUID_VERSION}`);
const versitygwPath = (cache: string) => join(cache, 'bin', 'versitygw');
const isDruidComplete = (cache: string) => existsSync(join(druidPath(cache), '.complete'));

/** Where everything is once it was fetched. */
export const provisionIn = (cache: string): Provision => ({
  druid: druidPath(cache),
  versitygw: versitygwPath(cache),
});

/** The programs of the machine that a start needs; those that only fetch are needed until everything is there. */
function neededPrograms(cache: string): readonly (() => unknown)[] {
  return [
    findFittingJava,
    findPostgres,
    ...(process.getuid?.() === 0 ? [findSetpriv] : []),
    ...(isDruidComplete(cache) ? [] : [findMaven]),
    ...(existsSync(versitygwPath(cache)) ? [] : [findGo]),
  ];
}

/** Throws before anything is fetched or started. */
export function checkMachine(cache: string): void {
  if (process.platform === 'win32') {
    throw new StackError('The stack needs Linux or macOS.', 'Use Docker instead: see druid/README.md.');
  }
  for (const find of neededPrograms(cache)) find();
}

/** Why the stack cannot run on this machine, one sentence each; empty when it can. */
export function whatIsMissing(cache: string): readonly string[] {
  if (process.platform === 'win32') return ['the stack needs Linux or macOS'];
  return neededPrograms(cache).flatMap((find) => {
    try {
      find();
      return [];
    } catch (error) {
      if (error instanceof StackError) return [error.message.replace(/\.$/, '')];
      throw error;
    }
  });
}

/** Fetches what the cache lacks; the two are independent of each other. */
export async function provision(
  cache: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Provision> {
  mkdirSync(cache, { recursive: true });
  const fetches: Promise<void>[] = [];
  if (!isDruidComplete(cache)) {
    say(`Fetching Druid ${DRUID_VERSION} with Maven, about 150 MB (once) …`);
    fetches.push(assembleDruid(cache, signal));
  }
  if (!existsSync(versitygwPath(cache))) {
    say('Building the S3 server with Go (once, some minutes) …');
    fetches.push(buildVersitygw(cache, signal));
  }
  await Promise.all(fetches);
  return provisionIn(cache);
}

async function assembleDruid(cache: string, signal: AbortSignal): Promise<void> {
  const maven = findMaven();
  const work = mkdtempSync(join(cache, 'druid-'));
  try {
    writeProjects(work);
    await retryOnce('Druid could not be fetched with Maven', signal, () =>
      run(
        maven,
        [
          '--batch-mode',
          '--no-transfer-progress',
          '-gs',
          'settings.xml',
          `-Dmaven.repo.local=${join(cache, 'maven')}`,
          COPY_JARS,
        ],
        { cwd: work, env: process.env, signal },
      ),
    );
    const dist = join(work, 'dist');
    writeFileSync(join(dist, '.complete'), '');
    rmSync(druidPath(cache), { recursive: true, force: true });
    renameSync(dist, druidPath(cache));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One Maven project per folder of jars, so that each extension gets only what Druid's core does not have. */
function writeProjects(work: string): void {
  const parts = [
    { name: 'core', artifact: 'org.apache.druid:druid-services', folder: 'lib' },
    ...DRUID_EXTENSIONS.map((name) => ({
      name,
      artifact: `org.apache.druid.extensions:${name}`,
      folder: `extensions/${name}`,
    })),
  ];
  // Some dependencies name repositories of their own, which are not needed: only Central is asked.
  writeFileSync(
    join(work, 'settings.xml'),
    `<settings><mirrors><mirror><id>central-only</id><mirrorOf>*,!central</mirrorOf>
<url>http://127.0.0.1:9/</url><blocked>true</blocked></mirror></mirrors></settings>`,
  );
  writeFileSync(
    join(work, 'pom.xml'),
    project(
      'mauzo-stack',
      `<modules>${parts.map(({ name }) => `<module>${name}</module>`).join('')}</modules>`,
    ),
  );
  for (const { name, artifact, folder } of parts) {
    const [group = '', id = ''] = artifact.split(':');
    mkdirSync(join(work, name));
    writeFileSync(
      join(work, name, 'pom.xml'),
      project(
        name,
        `<properties><includeScope>runtime</includeScope>
<outputDirectory>${join(work, 'dist', folder)}</outputDirectory></properties>
<dependencyManagement><dependencies><dependency><groupId>org.apache.druid</groupId><artifactId>druid</artifactId>
<version>${DRUID_VERSION}</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
<dependencies><dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${DRUID_VERSION}</version>
<exclusions><exclusion><groupId>org.hyperic</groupId><artifactId>sigar</artifactId></exclusion></exclusions>
</dependency></dependencies>`,
      ),
    );
  }
}

const project = (name: string, body: string) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>mauzo.stack</groupId><artifactId>${name}</artifactId><version>1</version>
<packaging>pom</packaging>
${body}
</project>
`;

async function buildVersitygw(cache: string, signal: AbortSignal): Promise<void> {
  const go = findGo();
  const target = versitygwPath(cache);
  mkdirSync(join(cache, 'bin'), { recursive: true });
  const work = mkdtempSync(join(cache, 'go-'));
  try {
    await retryOnce('The S3 server could not be built with Go', signal, () =>
      run(go, ['install', VERSITYGW], {
        cwd: work,
        env: { ...process.env, GOFLAGS: '', GOBIN: work },
        signal,
      }),
    );
    renameSync(join(work, 'versitygw'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Downloads fail now and then for no lasting reason. */
async function retryOnce(failure: string, signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch {
    signal.throwIfAborted();
    try {
      await attempt();
    } catch (error) {
      signal.throwIfAborted();
      throw new StackError(
        `${failure}, not at the second try either.`,
        'Check that this computer reaches the registry, then run the command again.',
        { cause: error },
      );
    }
  }
}

function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, ended) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code ?? ended}:\n${tellingLines(output)}`));
    });
  });
}

function tellingLines(output: string): string {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => line.includes('ERROR'));
  return (errors.length > 0 ? errors.slice(0, 5) : lines.slice(-10)).join('\n');
}
