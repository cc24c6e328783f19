import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeCanonical, type TestRow } from '../../src/main/adapters/duckdb/canonical-rows.fixture.ts';
import { createChunkBuilder } from '../../src/main/adapters/duckdb/chunk-builder.ts';
import { createIngestWriter } from '../../src/main/adapters/duckdb/ingest-writer.ts';
import { createDruidCluster } from '../../src/main/adapters/druid/druid-cluster.ts';
import { createLocalObjectStore } from '../../src/main/adapters/local-files/index.ts';
import { createS3ObjectStore } from '../../src/main/adapters/s3/index.ts';
import {
  FakeClusterPublication,
  FakeLeases,
} from '../../src/main/services/publishing/fake-cluster.fixture.ts';
import { InMemoryPublishing } from '../../src/main/services/publishing/in-memory-publishing.fixture.ts';
import {
  createClusterPublisher,
  createPublisher,
  type ClusterProgress,
  type ClusterPublisher,
} from '../../src/main/services/publishing/index.ts';
import type { ChunkCluster, IngestObjects } from '../../src/main/services/publishing/ports.ts';
import {
  druidClientOf,
  druidConnectionOf,
  s3ClientOf,
  s3ConnectionOf,
  stackServers,
} from './stack-servers.fixture.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything between accepted rows and a real Druid; the registry is in memory. */
export async function openPublishing(options: { folder?: string } = {}) {
  const servers = stackServers();
  const client = druidClientOf(servers);
  const s3 = s3ClientOf(servers);
  const datasource = `mauzo_test_${randomBytes(5).toString('hex')}`;
  const root = options.folder ?? (await mkdtemp(join(tmpdir(), 'mauzo-druid-')));
  for (const name of ['canonical', 'derived', 'ingest', 'spill'])
    await mkdir(join(root, name), { recursive: true });
  const database = {
    allowedDirectories: ['canonical', 'derived', 'ingest'].map((name) => join(root, name)),
    memoryLimit: '512MB',
    threads: 2,
    tempDirectory: join(root, 'spill'),
  };
  const builder = await createChunkBuilder(database);
  const writer = await createIngestWriter(database);
  const registry = new InMemoryPublishing();
  const publication = new FakeClusterPublication();
  const leases = new FakeLeases();
  const progress: ClusterProgress[] = [];
  const paths = new Map<string, string>();
  const objects = createS3ObjectStore({
    connection: s3ConnectionOf(servers),
    secrets: { 's3.secretAccessKey': servers.s3.secretAccessKey },
    cache: createLocalObjectStore({ folder: join(root, 'objects') }),
    stateFolder: join(root, 'uploads'),
  });
  const cluster = createDruidCluster({
    client,
    druid: druidConnectionOf(servers, datasource),
    s3: s3ConnectionOf(servers),
  });

  const local = createPublisher({
    dataset: 'sales_analytics',
    registry,
    publication: registry,
    builder,
    canonicalPath: (importId, chunk) => Promise.resolve(paths.get(`${importId} ${chunk}`) ?? ''),
    folder: join(root, 'derived'),
    log: quiet,
  });
  await local.start();

  /** A run of the app over the same registry, cluster and files. */
  function open(changes: Partial<ChunkCluster> = {}, parts: IngestObjects = objects): ClusterPublisher {
    const publisher = createClusterPublisher({
      dataset: 'sales_analytics',
      datasource,
      registry,
      local,
      measure: (path) => builder.measure(path),
      cluster: { ...cluster, ...changes },
      publication,
      leases,
      objects: parts,
      writer,
      folder: join(root, 'ingest', 'parts'),
      maxTasks: null,
      log: quiet,
      now: () => new Date(),
    });
    publisher.onProgress((item) => progress.push(item));
    return publisher;
  }

  return {
    servers,
    client,
    s3,
    objects,
    cluster,
    datasource,
    registry,
    publication,
    progress,
    open,
    local,

    /** Accepts rows as one import, by months; files given as paths are taken as they are. */
    async accept(importId: string, rows: readonly TestRow[]): Promise<void> {
      const byMonth = Map.groupBy(rows, ({ time }) => time.slice(0, 7));
      const files: { chunk: string; path: string }[] = [];
      for (const [chunk, own] of byMonth) {
        const path = join(root, 'canonical', `${importId}-${chunk}.parquet`);
        await writeCanonical(
          path,
          own.map((row) => ({ ...row, importId })),
        );
        files.push({ chunk, path });
        paths.set(`${importId} ${chunk}`, path);
      }
      registry.activate(importId, await builder.footprint(files));
    },

    /** Every row that queries see, as Druid has it. */
    async rows(): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const { columns, rows } = await client.broker.sql(`SELECT * FROM "${datasource}"`, [], {
        sqlTimeZone: 'UTC',
      });
      return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
    },

    async version(chunk: string): Promise<string | null> {
      return cluster.newestVersion(chunk, new AbortController().signal);
    },

    async taskIds(): Promise<readonly string[]> {
      const schema = z.array(z.object({ id: z.string() }));
      const path = `/druid/indexer/v1/tasks?datasource=${datasource}`;
      return (await client.coordinator.get(path, schema)).map(({ id }) => id).toSorted();
    },

    async close(): Promise<void> {
      await client.coordinator.delete(`/druid/coordinator/v1/datasources/${datasource}`, z.unknown());
      await builder.close();
      await writer.close();
      objects.close();
      s3.destroy();
      if (options.folder === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}

export type RealPublishing = Awaited<ReturnType<typeof openPublishing>>;
