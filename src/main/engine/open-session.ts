import type { MauzoContract } from '#shared/contract/index';
import { SALES_DATASET } from '#shared/domain/sales-schema';
import { createCsvTableWriter } from '../adapters/exports/csv-table-writer.ts';
import { createXlsxTableWriter } from '../adapters/exports/xlsx-table-writer.ts';
import { compilePattern } from '../adapters/patterns/compile-pattern.ts';
import { thisInstallation } from '../adapters/stores/index.ts';
import { createAnalyticsService } from '../services/analytics/index.ts';
import { connectionExaminations, type ConnectionsService } from '../services/connections/index.ts';
import type { ConnectionContext } from '../services/connections/ports.ts';
import {
  CanonicalFiles,
  ClusterFollow,
  HistoryService,
  importExaminations,
  ImportsService,
  JobEvents,
  JobMirror,
  JobRunner,
  recover,
  RegistryWatch,
  ReportService,
  StagedKeeper,
  withCachedFootprints,
  type Pipeline,
} from '../services/imports/index.ts';
import { createMovingService } from '../services/moving/index.ts';
import {
  createClusterPublisher,
  createPublisher,
  Mutex,
  PublishingService,
} from '../services/publishing/index.ts';
import { RuleBook } from '../services/rules/index.ts';
import { Closers } from './closers.ts';
import { connect } from './connect.ts';
import { createHandlers } from './handlers.ts';
import { metricsText } from './metrics-text.ts';
import { baseExaminations, type EngineBase } from './open-base.ts';
import type { Session } from './session-switch.ts';

/** An engine while one set of connections holds. */
export interface EngineSession extends Session<MauzoContract> {
  readonly imports: ImportsService;
  readonly reports: ReportService;
  metricsText(): Promise<string>;
  /** Resolves when no job can go on by itself. */
  settled(): Promise<void>;
}

/** How soon a change of another installation is seen here. */
const LOOK_EVERY_MS = 5_000;

/** Connects, and takes up every job where it was left. What was opened is closed again when that fails. */
export async function openSession(
  base: EngineBase,
  connections: ConnectionsService,
  context: ConnectionContext,
): Promise<EngineSession> {
  const closers = new Closers();
  try {
    return await open(base, connections, context, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function open(
  base: EngineBase,
  connections: ConnectionsService,
  context: ConnectionContext,
  closers: Closers,
): Promise<EngineSession> {
  const { options, folders, log } = base;
  const connected = await connect(base, context, closers);
  const { objects, druid, shared } = connected;
  const owner = thisInstallation();
  // What others see of the jobs of this computer.
  const mirror =
    shared && new JobMirror({ jobs: connected.stores.jobs, board: connected.stores.tasks, owner, log });
  if (mirror) closers.add(() => mirror.stop());
  const stores = {
    ...connected.stores,
    jobs: mirror?.jobs ?? connected.stores.jobs,
    registry: withCachedFootprints(connected.stores.registry),
  };

  const importFolders = { ...folders, sample: options.sampleDir };
  const canonical = new CanonicalFiles(importFolders, objects, stores.registry);
  const publisher = createPublisher({
    dataset: SALES_DATASET,
    registry: stores.registry,
    publication: stores.publication,
    builder: base.builder,
    canonicalPath: (importId, chunk) => canonical.locate(importId, chunk),
    folder: folders.derived,
    log,
  });
  const clusterPublisher =
    druid &&
    createClusterPublisher({
      ...druid,
      dataset: SALES_DATASET,
      registry: stores.registry,
      local: publisher,
      measure: (path) => base.builder.measure(path),
      publication: stores.cluster,
      leases: stores.leases,
      objects,
      folder: folders.ingest,
      now: base.now,
      log,
    });
  const ruleBook = new RuleBook({
    store: stores.rules,
    facts: base.localEngine,
    manifest: publisher,
    compilePattern,
  });
  const pipeline: Pipeline = {
    dataset: SALES_DATASET,
    ...stores,
    owner,
    staging: base.staging,
    keeper: new StagedKeeper(stores.jobs, base.staging),
    objects,
    parser: options.parser,
    builder: base.builder,
    canonical,
    publisher,
    clusterPublisher,
    folders: importFolders,
    logLock: new Mutex(),
    ruleBook,
    now: base.now,
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
    ...(druid && clusterPublisher && context.connections.figuresFrom === 'druid'
      ? { engine: druid.engine, manifest: clusterPublisher }
      : { engine: base.localEngine, manifest: publisher }),
    importStats: () => history.counts(),
    now: () => performance.now(),
    onError: (error) => log.warn({ error }, 'The data status could not be told'),
  });
  closers.add(() => analytics.close());
  closers.add(() => runner.stop());
  const followEveryMs = shared ? LOOK_EVERY_MS : null;
  const follow =
    clusterPublisher &&
    new ClusterFollow({
      publisher,
      cluster: clusterPublisher,
      everyMs: followEveryMs,
      onError: (error) => log.warn({ code: error.code, error }, 'The cluster is not up to date yet'),
    });
  if (follow) closers.add(() => follow.stop());

  const watch = new RegistryWatch({ pipeline, runner, events, everyMs: followEveryMs });
  closers.add(() => watch.stop());

  const recovered = await recover(pipeline, runner, watch);
  await mirror?.start();
  follow?.wake();
  log.info({ ...recovered }, 'Engine is up');

  const handlers = createHandlers({
    info: { version: options.version, host: options.host, home: options.home },
    settings: stores.settings,
    examinations: [
      ...baseExaminations(base),
      ...importExaminations(pipeline),
      ...connectionExaminations(connections),
    ],
    imports,
    rules: ruleBook,
    reports,
    history,
    analytics,
    connections,
    publishing: new PublishingService({
      dataset: SALES_DATASET,
      registry: stores.registry,
      publisher,
      cluster: clusterPublisher,
    }),
    moving: createMovingService({
      source: base.archive,
      target: shared?.archive ?? null,
      jobs: stores.jobs,
      objects: objects === base.localObjects ? null : { from: base.localObjects, to: objects },
    }),
  });
  return {
    handlers,
    imports,
    reports,
    metricsText: () => metricsText(stores, publisher),
    settled: () => runner.settled(),
    close: () => closers.close(),
  };
}
