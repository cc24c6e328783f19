import type { DruidConnection, S3Connection } from '#shared/domain/connections';
import type { ChunkCluster } from '../../services/publishing/ports.ts';
import { ChunkLedger } from './chunk-ledger.ts';
import { ChunkSegments } from './chunk-segments.ts';
import type { DruidClient } from './druid-client.ts';
import { IngestionTasks, taskAccess } from './ingestion-tasks.ts';

export interface DruidClusterOptions {
  readonly client: DruidClient;
  readonly druid: DruidConnection;
  /** Where the ingest parts lie. */
  readonly s3: S3Connection;
  /** Travels in tasks only when `druid.s3Credentials` is `task`. */
  readonly secretAccessKey?: string | undefined;
  /** Default 5 minutes. */
  readonly serveTimeoutMs?: number;
}

/**
 * A {@link ChunkCluster} over Druid's native batch ingestion from S3.
 * @throws AppError `druid.task_keys_missing`
 */
export function createDruidCluster(options: DruidClusterOptions): ChunkCluster {
  const { client, druid, s3 } = options;
  const { coordinator, broker } = client;
  const { datasource } = druid;
  const access = taskAccess(druid, s3, options.secretAccessKey);
  const tasks = new IngestionTasks({ coordinator, datasource, s3, access });
  const timeoutMs = options.serveTimeoutMs ?? 300_000;
  const segments = new ChunkSegments({ broker, coordinator, datasource, timeoutMs });
  const ledger = new ChunkLedger(broker, datasource);
  return {
    taskId: (load) => tasks.taskId(load),
    submit: (load, signal) => tasks.submit(load, signal),
    task: (taskId, signal) => tasks.task(taskId, signal),
    stopTasks: (chunk, keep, signal) => tasks.stopTasks(chunk, keep, signal),
    slots: (signal) => tasks.slots(signal),
    newestVersion: (chunk, signal) => segments.newestVersion(chunk, signal),
    served: (chunk, after, signal) => segments.served(chunk, after, signal),
    empty: (chunk, signal) => segments.empty(chunk, signal),
    measure: (chunk, signal) => ledger.measure(chunk, signal),
    refuseForeignRows: (known, signal) => ledger.refuseForeignRows(known, signal),
  };
}
