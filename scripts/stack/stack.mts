/** A real S3 server, PostgreSQL and Druid on this computer: started, disturbed by tests, stopped and removed. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DRUID_SERVICES, s3Endpoint, type Overrides } from './druid-config.mts';
import { cacheFolder, RunFolder } from './files.mts';
import { withLock } from './folder-lock.mts';
import { residentBytes } from './process-tree.mts';
import { createDatabases, createPostgresFolder } from './postgres.mts';
import { ProcessTable } from './processes.mts';
import { checkMachine, provision, provisionIn } from './provision.mts';
import { askHealth, commandOf, druidUrl, STOP_ORDER, stopSignal, type Surroundings } from './services.mts';
import {
  BUCKET,
  DATABASE,
  HOST,
  prepareSettings,
  readSettings,
  REGION,
  SERVICES,
  writeSettings,
  type Service,
} from './settings.mts';
import { StackError } from './stack-error.mts';
import { readStackInfo, writeStackInfo, type StackInfo } from './stack-info.mts';

export type { Service } from './settings.mts';
export type { Overrides } from './druid-config.mts';

/** Far above what a start takes: it only ends waiting for a service that will never be well. */
const HEALTH_LIMIT_MS = 300_000;
const POLL_MS = 100;
const LOG_TAIL_CHARS = 3_000;

export interface UpOptions {
  /** The run folder; default `run` in the cache folder. */
  readonly folder?: string | undefined;
  readonly freePorts: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A stack that runs. */
export interface Stack {
  readonly info: StackInfo;
  /** Asks the service to end, as a shutdown does. */
  stop(service: Service): Promise<void>;
  /** Ends the service without a warning, as a power cut does. */
  kill(service: Service): Promise<void>;
  /** Starts a service that was stopped or killed; with overrides, until it is stopped again. Does not wait for it. */
  start(service: Service, overrides?: Overrides): Promise<void>;
  waitHealthy(service: Service): Promise<void>;
}

const folderOf = (path: string | undefined) => new RunFolder(resolve(path ?? `${cacheFolder()}/run`));

/** The file in which a stack says where its servers are. */
export const infoFileOf = (path?: string) => folderOf(path).info;
export const logsOf = (path?: string) => folderOf(path).logs;

/** Starts whatever does not run and answers when all of it is well. */
export async function up(options: UpOptions): Promise<StackInfo> {
  const folder = folderOf(options.folder);
  const { signal, say } = options;
  checkMachine(cacheFolder());
  return withLock(folder, async () => {
    const processes = new ProcessTable(folder);
    const fetched = await provision(cacheFolder(), say, signal);
    const known = readSettings(folder);
    if (known && SERVICES.every((service) => processes.pidOf(service) !== null)) {
      const running = { folder, settings: known, provision: fetched };
      await Promise.all(SERVICES.map((service) => waitHealthy(running, processes, service, signal)));
      return writeInfo(running, processes);
    }
    // What is left of a broken stack would hold on to what is gone.
    await stopAll(folder, processes);
    mkdirSync(folder.logs, { recursive: true });
    const settings = await prepareSettings(folder, options.freePorts);
    settings.postgres.folder = createPostgresFolder(folder, settings);
    writeSettings(folder, settings);
    const surroundings = { folder, settings, provision: fetched };
    try {
      const startAll = async (services: readonly Service[]) => {
        say(`Starting ${services.join(', ')} …`);
        for (const service of services) await startService(surroundings, processes, service, {});
        await Promise.all(services.map((service) => waitHealthy(surroundings, processes, service, signal)));
      };
      await startAll(['s3', 'postgres', 'zookeeper']);
      await createDatabases(settings);
      await startAll(DRUID_SERVICES);
    } catch (error) {
      await stopAll(folder, processes);
      throw error;
    }
    return writeInfo(surroundings, processes);
  });
}

/** Stops what this stack started; data, ports and credentials stay for the next start. */
export async function down(path?: string): Promise<void> {
  const folder = folderOf(path);
  if (!existsSync(folder.path)) return;
  await withLock(folder, () => stopAll(folder, new ProcessTable(folder)));
}

/** Stops the stack and removes all that it wrote, but for the downloads that all stacks share. */
export async function wipe(path?: string): Promise<void> {
  const folder = folderOf(path);
  if (!existsSync(folder.path)) return;
  await withLock(folder, async () => {
    await stopAll(folder, new ProcessTable(folder));
    const elsewhere = readSettings(folder)?.postgres.folder;
    for (const own of [...(elsewhere ? [elsewhere] : []), ...folder.everything]) {
      rmSync(own, { recursive: true, force: true });
    }
  });
  // Only when nothing of somebody else lies in it.
  try {
    rmdirSync(folder.path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
  }
}

export interface ServiceStatus {
  readonly service: Service;
  readonly state: 'healthy' | 'not healthy' | 'stopped';
  readonly pid: number | null;
  readonly port: number | null;
  readonly residentBytes: number;
}

export interface StackStatus {
  readonly folder: string;
  readonly logs: string;
  readonly infoFile: string;
  readonly info: StackInfo | null;
  readonly services: readonly ServiceStatus[];
}

export async function status(path?: string): Promise<StackStatus> {
  const folder = folderOf(path);
  const processes = new ProcessTable(folder);
  const settings = readSettings(folder);
  const services = await Promise.all(
    SERVICES.map(async (service): Promise<ServiceStatus> => {
      const pid = processes.pidOf(service);
      const port = settings?.ports[service] ?? null;
      if (pid === null || settings === null) {
        return { service, state: 'stopped', pid: null, port, residentBytes: 0 };
      }
      const surroundings = { folder, settings, provision: provisionIn(cacheFolder()) };
      const state = await askHealth(surroundings, service).then(
        () => 'healthy' as const,
        () => 'not healthy' as const,
      );
      return { service, state, pid, port, residentBytes: residentBytes(pid) };
    }),
  );
  return {
    folder: folder.path,
    logs: folder.logs,
    infoFile: folder.info,
    info: existsSync(folder.info) ? readStackInfo(folder.info) : null,
    services,
  };
}

/** A stack that is up, for tests that disturb its services. */
export function openStack(path: string): Stack {
  const folder = folderOf(path);
  const settings = readSettings(folder);
  if (settings === null) {
    throw new StackError(`There is no stack in ${folder.path}.`, 'Start one: npm run stack -- up');
  }
  const processes = new ProcessTable(folder);
  const surroundings = { folder, settings, provision: provisionIn(cacheFolder()) };
  return {
    get info() {
      return readStackInfo(folder.info);
    },
    stop: (service) => stopService(processes, service),
    kill: (service) => processes.stop(service, 'SIGKILL', 0),
    async start(service, overrides = {}) {
      await startService(surroundings, processes, service, overrides);
      writeInfo(surroundings, processes);
    },
    waitHealthy: (service) =>
      waitHealthy(surroundings, processes, service, AbortSignal.timeout(HEALTH_LIMIT_MS)),
  };
}

async function startService(
  surroundings: Surroundings,
  processes: ProcessTable,
  service: Service,
  overrides: Overrides,
): Promise<void> {
  if (processes.pidOf(service) !== null) throw new Error(`${service} runs already: stop it first`);
  await processes.start(service, commandOf(surroundings, service, overrides));
}

async function stopService(processes: ProcessTable, service: Service): Promise<void> {
  const { signal, patienceMs } = stopSignal(service);
  await processes.stop(service, signal, patienceMs);
}

/** Where there is no stack, nothing says that there is one. */
async function stopAll(folder: RunFolder, processes: ProcessTable): Promise<void> {
  rmSync(folder.info, { force: true });
  for (const group of STOP_ORDER) {
    await Promise.all(group.map((service) => stopService(processes, service)));
  }
}

async function waitHealthy(
  surroundings: Surroundings,
  processes: ProcessTable,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + HEALTH_LIMIT_MS;
  const log = surroundings.folder.logOf(service);
  for (;;) {
    try {
      await askHealth(surroundings, service);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (processes.pidOf(service) === null) {
        throw new StackError(`${service} ended before it was ready:\n${tailOf(log)}`, `Read ${log}.`);
      }
      if (Date.now() > deadline) {
        throw new StackError(`${service} is not ready after ${HEALTH_LIMIT_MS / 1000} s.`, `Read ${log}.`, {
          cause: error,
        });
      }
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

function writeInfo({ folder, settings }: Surroundings, processes: ProcessTable): StackInfo {
  const { user, password } = settings.postgres;
  const info: StackInfo = {
    s3: { endpoint: s3Endpoint(settings), region: REGION, bucket: BUCKET, ...settings.s3 },
    druid: {
      coordinatorUrl: druidUrl(settings, 'coordinator'),
      brokerUrl: druidUrl(settings, 'broker'),
    },
    postgres: { host: HOST, port: settings.ports.postgres, database: DATABASE, user, password },
    folder: folder.path,
    pids: processes.pids(),
  };
  writeStackInfo(folder.info, info);
  return info;
}

function tailOf(log: string): string {
  return existsSync(log) && statSync(log).size > 0
    ? readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARS)
    : '(its log is empty)';
}
