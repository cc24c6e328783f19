import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  createDruidAnalyticsEngine,
  createDruidClient,
  createDruidCluster,
} from '../adapters/druid/index.ts';
import { createIngestWriter } from '../adapters/duckdb/ingest-writer.ts';
import { openPostgresStores } from '../adapters/postgres/index.ts';
import { createS3ObjectStore } from '../adapters/s3/index.ts';
import type { AnalyticsEngine } from '../services/analytics/ports.ts';
import type { ConnectionContext } from '../services/connections/ports.ts';
import type { ObjectStore } from '../services/imports/ports.ts';
import { joinStores } from '../services/imports/index.ts';
import type { Stores } from '../services/imports/store-ports.ts';
import type { RegistryArchive } from '../services/moving/ports.ts';
import type { ChunkCluster, IngestWriter } from '../services/publishing/ports.ts';
import type { Closers } from './closers.ts';
import type { EngineBase } from './open-base.ts';

/** Where things are kept while one set of connections holds. */
export interface Connected {
  readonly stores: Stores;
  /** Null while what counts is kept on this computer. */
  readonly shared: { readonly archive: RegistryArchive } | null;
  readonly objects: ObjectStore;
  readonly druid: ConnectedDruid | null;
}

export interface ConnectedDruid {
  readonly datasource: string;
  readonly cluster: ChunkCluster;
  readonly engine: AnalyticsEngine;
  readonly writer: IngestWriter;
  readonly maxTasks: number | null;
}

/** For the writer of ingest parts, which reads one month after the other. */
const WRITER_MEMORY = '256MiB';

/** Chooses the stores: those of this computer, or the servers that are configured. Nothing is asked of a server yet. */
export async function connect(
  base: EngineBase,
  context: ConnectionContext,
  closers: Closers,
): Promise<Connected> {
  const { s3, druid, postgres } = context.connections;
  if (s3 ?? druid ?? postgres) trustSystemAuthorities();
  return {
    ...connectStores(base, context, closers),
    objects: connectObjects(base, context, closers),
    druid: await connectDruid(base, context, closers),
  };
}

/** Companies sign their servers' certificates themselves, and put their authority into the system's store. */
function trustSystemAuthorities(): void {
  // Not "default": that is what was set here for the session before, and would grow with each.
  setDefaultCACertificates(
    (['bundled', 'extra', 'system'] as const).flatMap((kind) => getCACertificates(kind)),
  );
}

function connectObjects(
  { folders, localObjects }: EngineBase,
  { connections, secrets }: ConnectionContext,
  closers: Closers,
): ObjectStore {
  if (!connections.s3) return localObjects;
  const remote = createS3ObjectStore({
    connection: connections.s3,
    secrets,
    cache: localObjects,
    stateFolder: folders.uploads,
  });
  closers.add(() => remote.close());
  return remote;
}

/** A PostgreSQL is asked nothing before it is used: one that is away does not keep the engine from starting. */
function connectStores(
  { stores, log }: EngineBase,
  { connections: { postgres }, secrets }: ConnectionContext,
  closers: Closers,
): Pick<Connected, 'stores' | 'shared'> {
  if (!postgres) return { stores, shared: null };
  const shared = openPostgresStores(postgres, secrets['postgres.password'] ?? null, {
    onIdleError: (error) => log.debug({ error }, 'A connection to PostgreSQL ended'),
  });
  closers.add(() => shared.close());
  return { stores: joinStores(stores, shared), shared };
}

/** Null without a cluster; its settings are checked to have an object store beside them. */
async function connectDruid(
  { folders }: EngineBase,
  { connections: { druid, s3 }, secrets }: ConnectionContext,
  closers: Closers,
): Promise<ConnectedDruid | null> {
  if (!druid || !s3) return null;
  const client = createDruidClient({ connection: druid, password: secrets['druid.password'] });
  const writer = await createIngestWriter({
    memoryLimit: WRITER_MEMORY,
    threads: 1,
    tempDirectory: folders.temp,
    allowedDirectories: [folders.derived, folders.temp],
  });
  closers.add(() => writer.close());
  return {
    datasource: druid.datasource,
    cluster: createDruidCluster({ client, druid, s3, secretAccessKey: secrets['s3.secretAccessKey'] }),
    engine: createDruidAnalyticsEngine({ druid: client.broker, datasource: druid.datasource }),
    writer,
    maxTasks: druid.maxTasks,
  };
}
