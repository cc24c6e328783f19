import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contract } from '#shared/contract/index';
import { SALES_DATASET } from '#shared/domain/sales-schema';
import { createDispatcher, type Dispatcher } from '#shared/rpc/dispatcher';
import { createChunkBuilder } from '../adapters/duckdb/chunk-builder.ts';
import { createLocalAnalyticsEngine } from '../adapters/duckdb/analytics-engine.ts';
import { lockHome, openEmbeddedStores } from '../adapters/embedded/index.ts';
import { createCsvTableWriter } from '../adapters/exports/csv-table-writer.ts';
import { createXlsxTableWriter } from '../adapters/exports/xlsx-table-writer.ts';
import { createLocalObjectStore, createStagingArea } from '../adapters/local-files/index.ts';
import { createFileLog } from '../adapters/logging/file-log.ts';
import { createAnalyticsService } from '../services/analytics/index.ts';
import type { AnalyticsEngine } from '../services/analytics/ports.ts';
import { connectionExaminations } from '../services/connections/index.ts';
import type { SecretStore } from '../services/connections/ports.ts';
import { ok, type Examination } from '../services/diagnostics/index.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import {
  CanonicalFiles,
  HistoryService,
  importExaminations,
  ImportsService,
  JobEvents,
  JobRunner,
  recover,
  ReportService,
  StagedKeeper,
  withCachedFootprints,
  type Pipeline,
  type UploadMeta,
} from '../services/imports/index.ts';
import type { FileParser } from '../services/imports/ports.ts';
import type { Stores } from '../services/imports/store-ports.ts';
import { createPublisher, Mutex } from '../services/publishing/index.ts';
import { createHandlers } from './handlers.ts';
import { homeFolders, type HomeFolders } from './home-folders.ts';
import { metricsText } from './metrics-text.ts';
import { openConnections } from './open-connections.ts';
import { runtimeExamination } from './runtime-examination.ts';

export interface EngineOptions {
  /** The data folder; made when missing. One engine at a time: `app.home_in_use` otherwise. */
  readonly home: string;
  readonly host: 'electron' | 'browser' | 'in-process';
  readonly version: string;
  /** Folder of the bundled sample files. */
  readonly sampleDir: string;
  /** Reads files in processes of their own. Closed with the engine. */
  readonly parser: FileParser & { close?(): Promise<void> };
  /** A log of the caller's; by default JSON lines in `<home>/logs`. */
  readonly log?: Log;
  /** The clock of the jobs. */
  readonly now?: () => Date;
  /** Puts something between the engine and its store: the fault tests count and kill there. */
  readonly wrapStores?: (stores: Stores) => Stores;
  /** Environment variables that set connections; those of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the keychain of this computer: tests must not write into that of a person. */
  readonly keychain?: SecretStore & { close?(): void };
  /** Memory of the local engine's two databases together, in MiB; 1,024 unless set. */
  readonly memoryMiB?: number;
}

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
 * `app.home_in_use` or `store.*`; what was opened by then is closed again.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const folders = homeFolders(options.home, SALES_DATASET);
  // What is opened is closed in reverse order, whether the start fails or the engine ends.
  const closers: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const lock = lockHome(options.home);
    closers.push(() => lock.release());
    return await open(options, folders, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function open(
  options: EngineOptions,
  folders: HomeFolders,
  closers: (() => unknown)[],
  closeAll: () => Promise<void>,
): Promise<Engine> {
  const log = options.log ?? openLog(folders, closers);
  log.info({ version: options.version, host: options.host, node: process.version }, 'Engine starts');
  // Downloads are known to one run only.
  for (const folder of [folders.temp, folders.exports]) await rm(folder, { recursive: true, force: true });
  for (const folder of [folders.temp, folders.derived, folders.objects, folders.accepted, folders.reports])
    await mkdir(folder, { recursive: true });

  const opened = await openEmbeddedStores({ path: folders.store });
  closers.push(() => opened.close());
  const wrapped = options.wrapStores?.(opened) ?? opened;
  const stores = { ...wrapped, registry: withCachedFootprints(wrapped.registry) };
  const database = {
    memoryLimit: `${Math.floor((options.memoryMiB ?? 1024) / 2)}MiB`,
    threads: 2,
    tempDirectory: folders.temp,
  };
  const builder = await createChunkBuilder({
    ...database,
    allowedDirectories: [folders.derived, folders.objects, folders.accepted, folders.reports, folders.temp],
  });
  closers.push(() => builder.close());
  const localEngine = await createLocalAnalyticsEngine({
    ...database,
    allowedDirectories: [folders.derived, folders.temp],
  });
  closers.push(() => localEngine.close());

  const staging = createStagingArea({ folder: folders.staging });
  const objects = createLocalObjectStore({ folder: folders.objects });
  const importFolders = { ...folders, sample: options.sampleDir };
  const canonical = new CanonicalFiles(importFolders, objects, stores.registry);
  const publisher = createPublisher({
    dataset: SALES_DATASET,
    registry: stores.registry,
    publication: stores.publication,
    builder,
    canonicalPath: (importId, chunk) => canonical.locate(importId, chunk),
    folder: folders.derived,
    log,
  });
  const pipeline: Pipeline = {
    dataset: SALES_DATASET,
    ...stores,
    staging,
    keeper: new StagedKeeper(stores.jobs, staging),
    objects,
    parser: options.parser,
    builder,
    canonical,
    publisher,
    folders: importFolders,
    logLock: new Mutex(),
    now: options.now ?? (() => new Date()),
    log,
  };
  const events = new JobEvents(stores.jobs, log);
  const runner = new JobRunner(pipeline, events, { parsers: 2, copies: 2 });
  const imports = new ImportsService(pipeline, runner, events);
  const history = new HistoryService(pipeline, events);
  const reports = new ReportService({
    jobs: stores.jobs,
    folders: importFolders,
    writers: { '.xlsx': createXlsxTableWriter(), '.csv': createCsvTableWriter() },
    pathsAllowed: options.host !== 'browser',
  });
  const analytics = createAnalyticsService({
    engine: localEngine,
    manifest: publisher,
    importStats: () => history.counts(),
    now: () => performance.now(),
    onError: (error) => log.warn({ error }, 'The data status could not be told'),
  });
  closers.push(() => analytics.close());
  closers.push(() => options.parser.close?.());
  // Before everything else: what still runs uses all of the above.
  closers.push(() => runner.stop());

  const env = options.env ?? process.env;
  const connections = openConnections({
    home: options.home,
    env,
    now: pipeline.now,
    log,
    keychain: options.keychain,
  });
  closers.push(() => connections.close());

  const recovered = await recover(pipeline, runner);
  log.info({ ...recovered }, 'Engine is up');

  const dispatcher = createDispatcher(
    contract,
    createHandlers({
      info: { version: options.version, host: options.host, home: options.home },
      settings: stores.settings,
      examinations: [
        ...baseExaminations(stores, localEngine, options.parser, folders),
        ...importExaminations(pipeline),
        ...connectionExaminations(connections.service),
      ],
      imports,
      reports,
      history,
      analytics,
      connections: connections.service,
    }),
    {
      checkOutputs: options.host === 'in-process',
      onError: (name, error) => {
        if (error.kind === 'bug') log.error({ name, error }, 'A request failed');
        else log.info({ name, code: error.code, details: error.details }, 'A request was refused');
      },
    },
  );
  return {
    dispatcher,
    home: options.home,
    stageUpload: (source, meta, signal = NEVER) => imports.stageUpload(source, meta, signal),
    download: (downloadId) => Promise.resolve(reports.download(downloadId)),
    metricsText: () => metricsText(stores, publisher),
    settled: () => runner.settled(),
    close: closeAll,
  };
}

function openLog(folders: HomeFolders, closers: (() => unknown)[]): Log {
  const log = createFileLog(folders.logs);
  closers.push(() => log.close());
  return log;
}

/** Reads a file of three lines in a parser process, as an import would. */
async function probeParser(parser: FileParser, folders: HomeFolders): Promise<void> {
  const path = join(folders.temp, `probe-${randomUUID()}.csv`);
  await writeFile(path, 'Date,Branch,Sales\n2024-01-31,Nairobi,1.50\n2024-02-01,Kisumu,2.25\n');
  try {
    await parser.inspect({ path, fileName: 'probe.csv' }, { signal: AbortSignal.timeout(30_000) });
  } finally {
    await rm(path, { force: true });
  }
}

function baseExaminations(
  stores: Stores,
  localEngine: AnalyticsEngine,
  parser: FileParser,
  folders: HomeFolders,
): Examination[] {
  return [
    runtimeExamination({
      'Local engine (DuckDB)': () => localEngine.extent([]),
      'File reader': () => probeParser(parser, folders),
    }),
    {
      area: 'store',
      name: 'Store',
      examine: async () => {
        const jobs = await stores.jobs.list({ includeDismissed: true });
        return [ok('Store', `opens and reads; ${jobs.length} imports on record`)];
      },
    },
  ];
}
