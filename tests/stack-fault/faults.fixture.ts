import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { z } from 'zod';
import { openStack, status, type Stack } from '../../scripts/stack/stack.mts';
import type { StackInfo } from '../../scripts/stack/stack-info.mts';
import type { JobView } from '../../src/shared/domain/job.ts';
import { startEngineProcess, type EngineProcess } from '../fault/engine-process.fixture.ts';
import { placeOn, type Place } from '../support/connected-engine.ts';
import { testStack } from '../support/test-stack.ts';
import { csvOf, figuresOf, type Sale } from './sales.fixture.ts';

/** Far above what a restart of Druid takes: it only ends waiting for what will never come. */
export const PATIENCE = { timeout: 300_000, interval: 200 };

const taskSchema = z.object({
  id: z.string(),
  statusCode: z.enum(['RUNNING', 'SUCCESS', 'FAILED']),
  runnerStatusCode: z.string().nullish(),
});
type DruidTask = z.infer<typeof taskSchema>;

/** Whether a worker has begun it and not ended. */
export const isRunning = ({ runnerStatusCode }: DruidTask) => runnerStatusCode === 'RUNNING';

/**
 * The built app on real servers that a test takes away. Everything that a test stopped is back when it ends, whatever
 * came of it: the next one finds a whole stack.
 */
export class FaultBed {
  readonly info: StackInfo = testStack();
  readonly stack: Stack = openStack(this.info.folder);
  #place: Place = placeOn(this.info);
  #folder = '';
  readonly #running = new Set<EngineProcess>();
  readonly #atEnd: (() => unknown)[] = [];

  constructor() {
    beforeEach(async () => {
      // A run that was cut off leaves services stopped.
      await this.bringBack();
      this.#folder = await mkdtemp(join(tmpdir(), 'mauzo-stack-fault-'));
      this.#place = placeOn(this.info);
    });
    afterEach(async () => {
      try {
        await this.bringBack();
      } finally {
        for (const app of this.#running) await app.kill();
        this.#running.clear();
        for (const end of this.#atEnd.splice(0)) await end();
        await rm(this.#folder, { recursive: true, force: true });
      }
    });
  }

  atEnd(task: () => unknown): void {
    this.#atEnd.push(task);
  }

  /** The app over one data folder; `through` sets addresses of proxies in place of those of the servers. */
  start(through: Readonly<Record<string, string>> = {}): EngineProcess {
    const env = { ...this.#place.env, MAUZO_FIGURES_FROM: 'druid', ...through };
    const app = startEngineProcess(join(this.#folder, 'home'), env);
    this.#running.add(app);
    return app;
  }

  async kill(app: EngineProcess): Promise<void> {
    this.#running.delete(app);
    await app.kill();
  }

  /** Starts what does not run, and waits until all of it is well. */
  async bringBack(): Promise<void> {
    const { services } = await status(this.info.folder);
    for (const { service, pid } of services) if (pid === null) await this.stack.start(service);
    for (const { service } of services) await this.stack.waitHealthy(service);
  }

  /** Puts a file into the queue. */
  async drop(app: EngineProcess, name: string, sales: readonly Sale[]): Promise<string> {
    const path = join(this.#folder, name);
    await writeFile(path, csvOf(sales));
    const { jobIds } = await app.client.call('imports.start', { files: [{ kind: 'path', path }] });
    return jobIds[0] ?? '';
  }

  /** Imports a file while everything is well. */
  async given(app: EngineProcess, name: string, sales: readonly Sale[]): Promise<void> {
    await untilDone(app, await this.drop(app, name, sales));
  }

  /** What the Overlord knows of the tasks of a datasource: that of this test unless named. */
  async tasks(datasource = this.#place.datasource): Promise<DruidTask[]> {
    const { coordinatorUrl } = this.info.druid;
    const answer = await fetch(`${coordinatorUrl}/druid/indexer/v1/tasks?datasource=${datasource}`);
    return z.array(taskSchema).parse(await answer.json());
  }

  /** Gives Druid a task that does nothing for so long; its datasource is `none`. */
  async occupyPlace(runTime: number): Promise<void> {
    const answer = await fetch(`${this.info.druid.coordinatorUrl}/druid/indexer/v1/task`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ type: 'noop', id: `noop_${randomUUID()}`, runTime }),
    });
    if (!answer.ok) throw new Error(`Druid answered ${answer.status}: ${await answer.text()}`);
  }

  /** Resolves with the task that a worker has begun and not ended. */
  runningTask(): Promise<DruidTask> {
    return vi.waitUntil(async () => (await this.tasks()).find(isRunning), { ...PATIENCE, interval: 20 });
  }

  /** Where this test keeps what counts, in PostgreSQL. */
  get schema(): string {
    return this.#place.datasource;
  }
}

export const jobOf = ({ client }: EngineProcess, jobId: string): Promise<JobView> =>
  client.call('jobs.get', { jobId });

/** Waits until a job is done by itself: nobody clicks, and a job that fails is not waited for. */
export async function untilDone(app: EngineProcess, jobId: string): Promise<JobView> {
  await expect
    .poll(async () => {
      const { state, error } = await jobOf(app, jobId);
      if (state === 'failed') throw new Error(`the job failed: ${JSON.stringify(error)}`);
      return state;
    }, PATIENCE)
    .toBe('done');
  return jobOf(app, jobId);
}

export async function served({ client }: EngineProcess) {
  const { rows, engine } = await client.call('analytics.query', { metrics: ['rowCount', 'totalRevenue'] });
  return { engine, rows: rows[0]?.[0], revenue: rows[0]?.[1] };
}

/** What must hold after every fault: the ledger balances on both engines and nothing counts twice. */
export async function expectWhole(
  app: EngineProcess,
  jobId: string,
  files: readonly (readonly Sale[])[],
): Promise<void> {
  const job = await jobOf(app, jobId);
  expect(job).toMatchObject({ state: 'done', error: null, waitingFor: null, duplicateOf: null });
  expect(job.ledger?.lines.filter(({ balanced }) => !balanced)).toEqual([]);
  expect(job.ledger?.lines.map(({ check }) => check)).toContain(
    'Rows in Druid = accepted − superseded − excluded',
  );
  const { entries } = await app.client.call('history.list', {});
  expect(entries).toHaveLength(files.length);
  expect(await served(app)).toEqual({ engine: 'druid', ...figuresOf(files.flat()) });
  const { checks } = await app.client.call('app.doctor', {});
  expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
}
