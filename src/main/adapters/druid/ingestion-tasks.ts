import type { z } from 'zod';
import type { DruidConnection, S3Connection } from '#shared/domain/connections';
import { ingestionSpec, type IngestionSpec, type TaskObjectAccess } from '#shared/domain/ingestion-spec';
import { AppError } from '#shared/errors/app-error';
import type { ChunkLoad, ClusterSlots, ClusterTask } from '../../services/publishing/ports.ts';
import type { DruidCoordinator } from './druid-client.ts';
import { poll } from './poll.ts';
import { submitFailure, taskFailure, type FailureContext } from './task-failure.ts';
import { taskIdOf, taskPrefix } from './task-id.ts';
import {
  taskListSchema,
  taskReportSchema,
  taskStatusSchema,
  workersSchema,
  type RowStats,
  type TaskStatus,
} from './task-schemas.ts';

const INDEXER = '/druid/indexer/v1';

export interface IngestionTaskOptions {
  readonly coordinator: DruidCoordinator;
  readonly datasource: string;
  readonly s3: S3Connection;
  /** Null when the cluster's own configuration is to be used for everything. */
  readonly access: TaskObjectAccess | null;
  /** How long a stopped task may take to be gone. */
  readonly stopTimeoutMs?: number;
}

/**
 * How tasks are told to reach the object store; null when Druid's own configuration says all of it.
 * @throws AppError `druid.task_keys_missing`
 */
export function taskAccess(
  druid: Pick<DruidConnection, 's3Endpoint' | 's3Credentials'>,
  s3: S3Connection,
  secretAccessKey: string | undefined,
): TaskObjectAccess | null {
  if (druid.s3Credentials === 'cluster' && druid.s3Endpoint === null) return null;
  const access = { endpoint: druid.s3Endpoint ?? s3.endpoint, region: s3.region, pathStyle: s3.pathStyle };
  if (druid.s3Credentials === 'cluster') return { ...access, keys: null };
  if (s3.credentials !== 'keys' || s3.accessKeyId === null || secretAccessKey === undefined)
    throw new AppError('druid.task_keys_missing', 'input');
  return { ...access, keys: { accessKeyId: s3.accessKeyId, secretAccessKey } };
}

/** Tasks of one datasource: started, watched and stopped through the Overlord. */
export class IngestionTasks {
  readonly #options: IngestionTaskOptions;

  constructor(options: IngestionTaskOptions) {
    this.#options = options;
  }

  taskId(load: ChunkLoad): string {
    // Without id and keys: a new secret does not make it another load.
    const { spec } = this.#spec(load, '', null);
    return taskIdOf(this.#options.datasource, load, spec);
  }

  async submit(load: ChunkLoad, signal: AbortSignal): Promise<void> {
    const taskId = this.taskId(load);
    await this.submitSpec(this.#spec(load, taskId, this.#options.access), signal);
  }

  /** A task that Druid has under the same id is taken for this one: ids say what a task does. */
  async submitSpec(spec: IngestionSpec, signal: AbortSignal): Promise<void> {
    const { status, body } = await this.#options.coordinator.exchange(
      'POST',
      `${INDEXER}/task`,
      spec,
      signal,
    );
    if (status >= 200 && status < 300) return;
    const known = await this.#status(spec.id, signal);
    if (known?.dataSource === this.#options.datasource) return;
    throw submitFailure(status, body, this.#context(spec.id));
  }

  async task(taskId: string, signal: AbortSignal): Promise<ClusterTask> {
    const status = await this.#status(taskId, signal);
    if (!status) return { state: 'unknown' };
    if (status.statusCode === 'RUNNING') return this.#running(taskId, status, signal);
    const report = await this.#report(taskId, signal);
    if (status.statusCode === 'FAILED') {
      const cut = status.errorMsg ?? '';
      return { state: 'failed', error: taskFailure(report?.errorMsg ?? cut, this.#context(taskId)) };
    }
    const counts = report && countsOf(report.rowStats);
    return {
      state: 'succeeded',
      counts: counts && {
        processed: counts.processed,
        lost: counts.processedWithError + counts.thrownAway + counts.unparseable,
      },
    };
  }

  async #running(taskId: string, status: TaskStatus, signal: AbortSignal): Promise<ClusterTask> {
    if (status.runnerStatusCode === 'PENDING') return { state: 'waiting', for: 'slot' };
    if (status.runnerStatusCode === 'WAITING') return { state: 'waiting', for: 'lock' };
    const report = await this.#report(taskId, signal);
    if (report) return { state: 'running', rows: countsOf(report.rowStats)?.processed ?? null };
    // A task that runs reports; one that does not may have lost its machine, which the Overlord minds much later.
    const isLost = await this.#isWorkerLost(status, signal);
    return isLost ? { state: 'waiting', for: 'worker' } : { state: 'running', rows: null };
  }

  /** By host alone: a task of a MiddleManager has a port of its own. */
  async #isWorkerLost({ location }: TaskStatus, signal: AbortSignal): Promise<boolean> {
    const host = location?.host;
    const workers = host ? await this.#workers(signal) : null;
    return workers !== null && !workers.some(({ worker }) => worker.host.replace(/:\d+$/, '') === host);
  }

  async stopTasks(chunk: string, keep: string | null, signal: AbortSignal): Promise<void> {
    const prefix = taskPrefix(this.#options.datasource, chunk);
    const ids = (await this.#activeTasks(signal)).filter((id) => id.startsWith(prefix) && id !== keep);
    for (const id of ids) await this.stop(id, signal);
  }

  /** Resolves when the task has ended, one way or another. */
  async stop(taskId: string, signal: AbortSignal): Promise<void> {
    const path = `${INDEXER}/task/${encodeURIComponent(taskId)}/shutdown`;
    const { status, body } = await this.#options.coordinator.exchange('POST', path, {}, signal);
    if (status >= 300 && status !== 404) throw submitFailure(status, body, this.#context(taskId));
    const timeoutMs = this.#options.stopTimeoutMs ?? 60_000;
    const ended = await poll(signal, timeoutMs, async () => {
      const now = await this.#status(taskId, signal);
      return now?.statusCode === 'RUNNING' ? null : true;
    });
    if (ended === null)
      throw new AppError('druid.task_not_stopped', 'timeout', { taskId, seconds: timeoutMs / 1_000 });
  }

  async slots(signal: AbortSignal): Promise<ClusterSlots | null> {
    const workers = await this.#workers(signal);
    return (
      workers && {
        capacity: workers.reduce((sum, { worker }) => sum + worker.capacity, 0),
        used: workers.reduce((sum, { currCapacityUsed }) => sum + currCapacityUsed, 0),
      }
    );
  }

  /** Null for tasks that Kubernetes runs: there are no workers to list. */
  async #workers(signal: AbortSignal): Promise<z.infer<typeof workersSchema> | null> {
    const path = `${INDEXER}/workers`;
    const { status, body } = await this.#options.coordinator.exchange('GET', path, undefined, signal);
    const workers = workersSchema.safeParse(body);
    return status === 200 && workers.success ? workers.data : null;
  }

  async #activeTasks(signal: AbortSignal): Promise<readonly string[]> {
    const { coordinator, datasource } = this.#options;
    const lists = await Promise.all(
      ['running', 'pending', 'waiting'].map((state) =>
        coordinator.get(`${INDEXER}/tasks?datasource=${datasource}&state=${state}`, taskListSchema, signal),
      ),
    );
    return [...new Set(lists.flat().map(({ id }) => id))];
  }

  async #status(taskId: string, signal: AbortSignal): Promise<TaskStatus | null> {
    const path = `${INDEXER}/task/${encodeURIComponent(taskId)}/status`;
    const { status, body } = await this.#options.coordinator.exchange('GET', path, undefined, signal);
    if (status === 404) return null;
    const parsed = taskStatusSchema.safeParse(body);
    if (status === 200 && parsed.success) return parsed.data.status;
    throw new AppError(
      'druid.refused',
      'unavailable',
      { url: path, status, answer: text(body) },
      { cause: parsed.error },
    );
  }

  /** Null where there is none yet, or where the cluster keeps no reports. */
  async #report(taskId: string, signal: AbortSignal) {
    const path = `${INDEXER}/task/${encodeURIComponent(taskId)}/reports`;
    const { status, body } = await this.#options.coordinator.exchange('GET', path, undefined, signal);
    const parsed = taskReportSchema.safeParse(body);
    return status === 200 && parsed.success ? parsed.data.ingestionStatsAndErrors.payload : null;
  }

  #spec(load: ChunkLoad, taskId: string, access: TaskObjectAccess | null): IngestionSpec {
    const { s3, datasource } = this.#options;
    return ingestionSpec({
      taskId,
      datasource,
      chunk: load.chunk,
      uris: load.inputs.map(
        ({ key }) => `s3://${s3.bucket}/${s3.prefix === '' ? '' : `${s3.prefix}/`}${key}`,
      ),
      access,
    });
  }

  #context(taskId: string): FailureContext {
    const { s3, access } = this.#options;
    return { taskId, bucket: s3.bucket, endpoint: access?.endpoint ?? s3.endpoint };
  }
}

const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 20_000);

const countsOf = (
  stats: z.infer<typeof taskReportSchema>['ingestionStatsAndErrors']['payload']['rowStats'],
): RowStats | null => stats?.totals?.buildSegments ?? stats?.buildSegments ?? null;
