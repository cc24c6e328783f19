import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { ProbeStep } from '#shared/contract/connections';
import type { DruidConnection, S3Connection } from '#shared/domain/connections';
import { monthInterval } from '#shared/domain/ingestion-spec';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { ProbeObjects } from '../../services/connections/ports.ts';
import type { ChunkCluster, ChunkLoad } from '../../services/publishing/ports.ts';
import type { DruidClient } from './druid-client.ts';
import { createDruidCluster } from './druid-cluster.ts';
import { poll } from './poll.ts';
import { historicals, requireBlanks, serviceFacts, workers } from './service-states.ts';

export interface ClusterTestOptions {
  readonly client: DruidClient;
  readonly druid: DruidConnection;
  readonly s3: S3Connection;
  readonly secretAccessKey: string | undefined;
  readonly objects: ProbeObjects;
  readonly loadTimeoutMs: number;
  readonly signal: AbortSignal;
}

interface StepOutcome {
  readonly state: 'ok' | 'warning';
  readonly detail: string;
}
const ok = (detail: string): StepOutcome => ({ state: 'ok', detail });

const CHUNK = '2024-01';
/** What tidying up may take, whatever happened to the test. */
const TIDY_TIMEOUT_MS = 30_000;

/** What a cluster is likely to get wrong: a blank, an empty text, a line break, digits beyond a double. */
const ROW = {
  __time: Date.UTC(2024, 0, 31, 23, 59, 59, 999),
  Branch: 'line\nbreak',
  CardName: '',
  AcctName: null,
  importId: 'probe',
  grossRevenue: 12_345.6789,
  grossRevenue_e4: 123_456_789,
  totalCost: null,
  totalCost_e4: null,
  lineItemCount: 1,
};

/** One round trip of one row through object store, task, segment and query, in a datasource of its own. */
export class ClusterTest {
  readonly #options: ClusterTestOptions;
  readonly #datasource = `mauzo_probe_${randomBytes(6).toString('hex')}`;
  readonly #bytes = gzipSync(`${JSON.stringify(ROW)}\n`);
  readonly #key = `probe/${this.#datasource}.ndjson.gz`;
  readonly #steps: ProbeStep[] = [];
  #isStored = false;
  #isSubmitted = false;

  constructor(options: ClusterTestOptions) {
    this.#options = options;
  }

  async run(): Promise<readonly ProbeStep[]> {
    const steps: readonly [string, () => Promise<StepOutcome>][] = [
      ['Reach the Coordinator', () => this.#coordinator()],
      ['Reach the Broker', () => this.#broker()],
      ['Look for servers that hold data', () => this.#historicals()],
      ['Tell a blank from zero', () => this.#blanks()],
      ['Look for a free place for a task', () => this.#slots()],
      ['Put a row into the object store', () => this.#store()],
      ['Load the row into Druid', () => this.#load()],
      ['Ask for the row', () => this.#ask()],
    ];
    try {
      for (const [name, work] of steps) if (!(await this.#step(name, work))) break;
    } finally {
      if (this.#isStored || this.#isSubmitted) await this.#step('Take it away again', () => this.#tidyUp());
    }
    return this.#steps;
  }

  async #step(name: string, work: () => Promise<StepOutcome>): Promise<boolean> {
    const startedAt = performance.now();
    const elapsedMs = () => Math.round(performance.now() - startedAt);
    try {
      this.#steps.push({ name, ...(await work()), elapsedMs: elapsedMs(), error: null });
      return true;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'app.cancelled') throw error;
      this.#steps.push({
        name,
        state: 'failed',
        detail: error.code,
        elapsedMs: elapsedMs(),
        error: error.toJSON(),
      });
      return false;
    }
  }

  async #coordinator(): Promise<StepOutcome> {
    const { client, signal } = this.#options;
    const facts = await serviceFacts(client.coordinator, signal);
    if (!facts.hasModule('druid-s3-extensions'))
      throw new AppError('druid.s3_extension_missing', 'conflict', {
        status: 200,
        answer: 'druid-s3-extensions is not among the modules of the Coordinator',
      });
    return ok(`Druid ${facts.version}, with its S3 extension.`);
  }

  async #broker(): Promise<StepOutcome> {
    const { client, signal } = this.#options;
    const facts = await serviceFacts(client.broker, signal);
    if (facts.hasModule('druid-datasketches')) return ok(`Druid ${facts.version}.`);
    return {
      state: 'warning',
      detail: `Druid ${facts.version}, without "druid-datasketches" in “druid.extensions.loadList”: exact counts of customers or items by group take several times as long.`,
    };
  }

  async #historicals(): Promise<StepOutcome> {
    const count = await historicals(this.#options.client.broker, this.#options.signal);
    return ok(count === 1 ? 'One Historical.' : `${count} Historicals.`);
  }

  async #blanks(): Promise<StepOutcome> {
    await requireBlanks(this.#options.client.broker, this.#options.signal);
    return ok('Blanks stay blanks.');
  }

  async #slots(): Promise<StepOutcome> {
    const { client, signal } = this.#options;
    const { capacity, used } = await workers(client.coordinator, signal);
    if (used >= capacity)
      throw new AppError('druid.no_free_slots', 'unavailable', { taskId: 'of the test', used, capacity });
    return ok(`${capacity - used} of ${capacity} places are free.`);
  }

  async #store(): Promise<StepOutcome> {
    const { objects, signal } = this.#options;
    this.#isStored = true;
    await objects.put(this.#key, this.#bytes, signal);
    return ok(`${this.#bytes.byteLength} bytes.`);
  }

  async #load(): Promise<StepOutcome> {
    const { loadTimeoutMs, signal } = this.#options;
    const cluster = this.#cluster();
    this.#isSubmitted = true;
    await cluster.submit(this.#task, signal);
    const taskId = cluster.taskId(this.#task);
    let state = '';
    const end = await poll(signal, loadTimeoutMs, async () => {
      const task = await cluster.task(taskId, signal);
      ({ state } = task);
      return task.state === 'succeeded' || task.state === 'failed' ? task : null;
    });
    if (end?.state === 'failed') throw end.error;
    if (!end) throw new AppError('druid.probe_slow', 'timeout', { state, seconds: loadTimeoutMs / 1_000 });
    const { processed, lost } = end.counts ?? { processed: 1, lost: 0 };
    if (processed !== 1 || lost !== 0)
      throw new AppError('druid.rows_lost', 'bug', { taskId, chunk: CHUNK, expected: 1, processed, lost });
    return ok('Druid read it from the object store.');
  }

  async #ask(): Promise<StepOutcome> {
    const { signal, loadTimeoutMs } = this.#options;
    const cluster = this.#cluster();
    await cluster.served(CHUNK, null, signal);
    const found = await poll(signal, loadTimeoutMs, async () => {
      const [measure] = await cluster.measure(CHUNK, signal);
      return measure ?? null;
    });
    const actual = found ? `${found.rows} row of ${String(found.totals.grossRevenue)}` : 'nothing';
    const expected = '1 row of 12345.6789';
    if (actual !== expected || found?.totals.totalCost !== null)
      throw new AppError('druid.probe_differs', 'bug', { check: 'its amount', actual, expected });
    return ok('It is there, to the last digit.');
  }

  /** Runs whatever happened, also when the test was cancelled. */
  async #tidyUp(): Promise<StepOutcome> {
    const signal = AbortSignal.timeout(TIDY_TIMEOUT_MS);
    if (this.#isSubmitted) await this.#removeDatasource(signal);
    if (this.#isStored) await this.#options.objects.remove(this.#key, signal);
    return ok('Object and datasource are gone.');
  }

  async #removeDatasource(signal: AbortSignal): Promise<void> {
    const { coordinator } = this.#options.client;
    const cluster = this.#cluster();
    await cluster.stopTasks(CHUNK, null, signal);
    await coordinator.delete(`/druid/coordinator/v1/datasources/${this.#datasource}`, z.unknown(), signal);
    await cluster.empty(CHUNK, signal);
    const id = `${this.#datasource}_kill`;
    const kill = { type: 'kill', id, dataSource: this.#datasource, interval: monthInterval(CHUNK) };
    await coordinator.post('/druid/indexer/v1/task', kill, z.unknown(), signal);
    await poll(signal, TIDY_TIMEOUT_MS, async () => {
      const { state } = await cluster.task(id, signal);
      return state === 'running' || state === 'waiting' ? null : true;
    });
  }

  #cluster(): ChunkCluster {
    const { client, druid, s3, secretAccessKey, loadTimeoutMs } = this.#options;
    return createDruidCluster({
      client,
      druid: { ...druid, datasource: this.#datasource },
      s3,
      secretAccessKey,
      serveTimeoutMs: loadTimeoutMs,
    });
  }

  get #task(): ChunkLoad {
    const sha256 = createHash('sha256').update(this.#bytes).digest('hex');
    return {
      registryId: 'probe',
      chunk: CHUNK,
      generation: 1,
      attempt: 1,
      inputs: [{ key: this.#key, sha256, rows: 1 }],
    };
  }
}
