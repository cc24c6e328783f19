import { contract, type MauzoContract } from '#shared/contract/index';
import { SALES_DATASET } from '#shared/domain/sales-schema';
import { createDispatcher, type Dispatcher } from '#shared/rpc/dispatcher';
import { lockHome } from '../adapters/embedded/index.ts';
import { createFileLog } from '../adapters/logging/file-log.ts';
import type { ConnectionContext } from '../services/connections/ports.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import type { UploadMeta } from '../services/imports/index.ts';
import { Closers } from './closers.ts';
import type { EngineOptions } from './engine-options.ts';
import { homeFolders, type HomeFolders } from './home-folders.ts';
import { openBase } from './open-base.ts';
import { openConnections } from './open-connections.ts';
import { openSession, type EngineSession } from './open-session.ts';
import { createSessionSwitch } from './session-switch.ts';

export interface Engine {
  readonly dispatcher: Dispatcher;
  readonly home: string;
  stageUpload(
    source: AsyncIterable<Uint8Array>,
    meta: UploadMeta,
    signal?: AbortSignal,
  ): Promise<{ uploadId: string }>;
  download(downloadId: string): Promise<{ readonly path: string; readonly fileName: string } | null>;
  /** Prometheus text format 0.0.4. */
  metricsText(): Promise<string>;
  /** Resolves when no job can go on by itself. */
  settled(): Promise<void>;
  /** Cuts running steps off (the next start takes them up) and lets go of the data folder. */
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;

/**
 * Joins adapters and services to an engine over one data folder, and takes up what the last run left. Fails with
 * `app.home_in_use` or `store.*`; what was opened by then is closed again. A server that is away does not keep it from
 * starting.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const folders = homeFolders(options.home, SALES_DATASET);
  const closers = new Closers();
  try {
    const lock = lockHome(options.home);
    closers.add(() => lock.release());
    return await open(options, folders, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function open(options: EngineOptions, folders: HomeFolders, closers: Closers): Promise<Engine> {
  const log = options.log ?? openLog(folders, closers);
  log.info({ version: options.version, host: options.host, node: process.version }, 'Engine starts');
  const base = await openBase(options, folders, log, closers);
  let context: ConnectionContext;
  const connections = openConnections({
    keeper: base.stores.connections,
    env: options.env ?? process.env,
    now: base.now,
    log,
    keychain: options.keychain,
    onSaved: (saved) => reconnect(saved),
  });
  closers.add(() => connections.close());
  context = await connections.service.current();
  const switching = createSessionSwitch<MauzoContract, EngineSession>(
    contract,
    await openSession(base, connections.service, context),
  );
  // Before everything else: what still runs uses all of the above.
  closers.add(() => switching.close());

  const reconnect = async (saved: ConnectionContext): Promise<void> => {
    const before = context;
    log.info({}, 'Connecting anew');
    await switching.replace(
      () => openSession(base, connections.service, saved),
      () => openSession(base, connections.service, before),
    );
    context = saved;
  };

  const dispatcher = createDispatcher(contract, switching.handlers, {
    checkOutputs: options.host === 'in-process',
    onError: (name, error) => {
      if (error.kind === 'bug') log.error({ name, error }, 'A request failed');
      else log.info({ name, code: error.code, details: error.details }, 'A request was refused');
    },
  });
  return {
    dispatcher,
    home: options.home,
    stageUpload: async (source, meta, signal = NEVER) =>
      (await switching.current()).imports.stageUpload(source, meta, signal),
    download: async (downloadId) => (await switching.current()).reports.download(downloadId),
    metricsText: async () => (await switching.current()).metricsText(),
    settled: async () => (await switching.current()).settled(),
    close: () => closers.close(),
  };
}

function openLog(folders: HomeFolders, closers: Closers): Log {
  const log = createFileLog(folders.logs);
  closers.add(() => log.close());
  return log;
}
