import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createChunkBuilder } from '../adapters/duckdb/chunk-builder.ts';
import {
  createLocalAnalyticsEngine,
  type LocalAnalyticsEngine,
} from '../adapters/duckdb/analytics-engine.ts';
import { openEmbeddedStores } from '../adapters/embedded/index.ts';
import {
  createLocalObjectStore,
  createStagingArea,
  type LocalObjectStore,
} from '../adapters/local-files/index.ts';
import { ok, type Examination } from '../services/diagnostics/index.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import type { FileParser, StagingArea } from '../services/imports/ports.ts';
import type { Stores } from '../services/imports/store-ports.ts';
import type { RegistryArchive } from '../services/moving/ports.ts';
import type { ChunkBuilder } from '../services/publishing/ports.ts';
import type { Closers } from './closers.ts';
import type { EngineOptions } from './engine-options.ts';
import type { HomeFolders } from './home-folders.ts';
import { runtimeExamination } from './runtime-examination.ts';

/** What an engine has whatever it is connected to: everything on this computer. */
export interface EngineBase {
  readonly options: EngineOptions;
  readonly folders: HomeFolders;
  readonly log: Log;
  readonly now: () => Date;
  /** The embedded store: always for jobs, for the rest while no PostgreSQL is configured. */
  readonly stores: Stores;
  /** Of the embedded store, for moving it. */
  readonly archive: RegistryArchive;
  readonly builder: ChunkBuilder;
  readonly localEngine: LocalAnalyticsEngine;
  readonly staging: StagingArea;
  /** The objects folder: the store itself, or the cache of a remote one. */
  readonly localObjects: LocalObjectStore;
}

/** Opens what lies in the data folder. Fails with `store.*`; `closers` lets go of what was opened by then. */
export async function openBase(
  options: EngineOptions,
  folders: HomeFolders,
  log: Log,
  closers: Closers,
): Promise<EngineBase> {
  // Downloads are known to one run only.
  for (const folder of [folders.temp, folders.exports]) await rm(folder, { recursive: true, force: true });
  for (const folder of [folders.temp, folders.derived, folders.objects, folders.accepted, folders.reports])
    await mkdir(folder, { recursive: true });

  const opened = await openEmbeddedStores({ path: folders.store });
  closers.add(() => opened.close());
  const database = {
    memoryLimit: `${Math.floor((options.memoryMiB ?? 1024) / 2)}MiB`,
    threads: 2,
    tempDirectory: folders.temp,
  };
  const builder = await createChunkBuilder({
    ...database,
    allowedDirectories: [folders.derived, folders.objects, folders.accepted, folders.reports, folders.temp],
  });
  closers.add(() => builder.close());
  const localEngine = await createLocalAnalyticsEngine({
    ...database,
    allowedDirectories: [folders.derived, folders.temp],
  });
  closers.add(() => localEngine.close());
  closers.add(() => options.parser.close?.());
  return {
    options,
    folders,
    log,
    now: options.now ?? (() => new Date()),
    stores: options.wrapStores?.(opened) ?? opened,
    archive: opened.archive,
    builder,
    localEngine,
    staging: createStagingArea({ folder: folders.staging }),
    localObjects: createLocalObjectStore({ folder: folders.objects }),
  };
}

/** What the doctor checks of it. */
export function baseExaminations({ stores, localEngine, options, folders }: EngineBase): Examination[] {
  return [
    runtimeExamination({
      'Local engine (DuckDB)': () => localEngine.extent([]),
      'File reader': () => probeParser(options.parser, folders),
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
