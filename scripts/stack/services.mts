/** How each service is started, asked whether it is well, and stopped. */
import { cpus } from 'node:os';
import { connect } from 'node:net';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  configureDruid,
  DRUID_ENVIRONMENT,
  DRUID_SERVICES,
  type DruidService,
  type Overrides,
  s3Endpoint,
} from './druid-config.mts';
import type { RunFolder } from './files.mts';
import { askPostgres, postgresCommand } from './postgres.mts';
import type { Command } from './processes.mts';
import type { Provision } from './provision.mts';
import { BUCKET, HOST, REGION, type Service, type StackSettings } from './settings.mts';
import { findJava } from './tools.mts';

export interface Surroundings {
  readonly folder: RunFolder;
  readonly settings: StackSettings;
  readonly provision: Provision;
}

const ANSWER_LIMIT_MS = 5_000;

/** Druid goes before what it depends on: a ZooKeeper that ends first keeps announcements of services that are gone. */
export const STOP_ORDER: readonly (readonly Service[])[] = [
  ['indexer', 'historical', 'broker', 'coordinator'],
  ['zookeeper', 's3', 'postgres'],
];

export function stopSignal(service: Service): { signal: NodeJS.Signals; patienceMs: number } {
  // PostgreSQL waits for its clients on SIGTERM, and breaks their connections on SIGINT.
  return { signal: service === 'postgres' ? 'SIGINT' : 'SIGTERM', patienceMs: 20_000 };
}

/** Prepares what the service needs on disk, and says how to start it. */
export function commandOf(
  { folder, settings, provision }: Surroundings,
  service: Service,
  overrides: Overrides,
): Command {
  const isDruid = DRUID_SERVICES.some((name) => name === service);
  if (!isDruid && (overrides.properties ?? overrides.extensions) !== undefined) {
    throw new Error(`${service} is not of Druid: only its environment can be overridden`);
  }
  const env = (more: Readonly<Record<string, string>>) =>
    withoutUndefined({ ...baseEnvironment(), ...more, ...overrides.env });
  if (service === 's3') {
    for (const path of [join(folder.s3Objects, BUCKET), folder.s3Accounts])
      mkdirSync(path, { recursive: true });
    return {
      command: provision.versitygw,
      args: [
        '--port',
        `${HOST}:${settings.ports.s3}`,
        '--region',
        REGION,
        '--quiet',
        '--iam-dir',
        folder.s3Accounts,
        'posix',
        folder.s3Objects,
      ],
      env: env({
        ROOT_ACCESS_KEY: settings.s3.accessKeyId,
        ROOT_SECRET_KEY: settings.s3.secretAccessKey,
      }),
    };
  }
  if (service === 'postgres') {
    return { ...postgresCommand(settings), env: env({}) };
  }
  if (service === 'zookeeper') {
    return { command: findJava(), args: configureZookeeper(folder, settings, provision), env: env({}) };
  }
  const place = { folder, settings, dist: provision.druid };
  return {
    command: findJava(),
    args: configureDruid(place, service, overrides),
    env: env(DRUID_ENVIRONMENT),
  };
}

/** It holds announcements only, and stale ones of an earlier run hang the coordinator: each start begins empty. */
function configureZookeeper(
  folder: RunFolder,
  settings: StackSettings,
  provision: Provision,
): readonly string[] {
  rmSync(folder.zookeeper, { recursive: true, force: true });
  const configuration = join(folder.configuration, 'zookeeper');
  for (const path of [folder.zookeeper, configuration]) mkdirSync(path, { recursive: true });
  const file = join(configuration, 'zoo.cfg');
  writeFileSync(
    file,
    [
      'tickTime=2000',
      `dataDir=${folder.zookeeper}`,
      `clientPort=${settings.ports.zookeeper}`,
      `clientPortAddress=${HOST}`,
      'maxClientCnxns=0',
      'admin.enableServer=false',
      '',
    ].join('\n'),
  );
  return [
    '-Xmx64m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-cp',
    join(provision.druid, 'lib', '*'),
    'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    file,
  ];
}

/** Rejects with what is wrong while the service does not do its work. */
export async function askHealth({ settings }: Surroundings, service: Service): Promise<void> {
  if (service === 's3') {
    await fetch(s3Endpoint(settings), { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  } else if (service === 'postgres') {
    await askPostgres(settings);
  } else if (service === 'zookeeper') {
    await askPort(settings.ports.zookeeper);
  } else {
    await askDruid(settings, service);
  }
}

const healthSchema = z.literal(true);
const workersSchema = z.array(z.object({ worker: z.object({ host: z.string() }) }));
const leaderSchema = z.object({ leader: z.string().min(1) });
const onesSchema = z.array(z.object({ one: z.literal(1) })).length(1);

async function askDruid(settings: StackSettings, service: DruidService): Promise<void> {
  const url = druidUrl(settings, service);
  healthSchema.parse(await askJson(`${url}/status/health`));
  if (service === 'coordinator') {
    await askJson(`${url}/druid/coordinator/v1/loadstatus`);
    leaderSchema.parse({ leader: await askText(`${url}/druid/indexer/v1/leader`) });
  } else if (service === 'broker') {
    onesSchema.parse(await askJson(`${url}/druid/v2/sql`, { query: 'select 1 as "one"' }));
  } else if (service === 'indexer') {
    const workers = await askJson(`${druidUrl(settings, 'coordinator')}/druid/indexer/v1/workers`);
    const { host } = new URL(url);
    if (!workersSchema.parse(workers).some(({ worker }) => worker.host === host)) {
      throw new Error('The Overlord does not know the indexer yet');
    }
  }
}

export const druidUrl = ({ ports }: StackSettings, service: DruidService) =>
  `http://${HOST}:${ports[service]}`;

async function askText(url: string, body?: object): Promise<string> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: body ? { 'Content-Type': 'application/json' } : {},
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return text;
}

async function askJson(url: string, body?: object): Promise<unknown> {
  return JSON.parse(await askText(url, body));
}

function askPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, HOST, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
  });
}

/** Little of the caller's environment: a stray credential or proxy in it would make the stack another one. */
function baseEnvironment(): Record<string, string | undefined> {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return {
    PATH,
    TMPDIR,
    LD_LIBRARY_PATH,
    LANG: process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8',
    // The C library keeps a heap for each thread otherwise, and the JVMs have hundreds of threads.
    MALLOC_ARENA_MAX: String(Math.min(2, cpus().length)),
  };
}

function withoutUndefined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
