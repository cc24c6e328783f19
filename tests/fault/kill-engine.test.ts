import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FINAL_STATES, JOB_STEPS, type JobStep } from '../../src/shared/domain/job.ts';
import { startEngineProcess, whenSettled, type EngineProcess } from './engine-process.fixture.ts';

/** One sale; money in cents, so that the expected sums need none of Mauzo's arithmetic. */
interface Sale {
  readonly day: string;
  readonly branch: string;
  readonly cents: number;
}

const BRANCHES = ['Nairobi', 'Mombasa', 'Kisumu'];

/** The first file covers January and February of all branches, the second February and March of two of them. */
const FIRST = sales(['2024-01', '2024-02'], BRANCHES, 7);
const SECOND = sales(['2024-02', '2024-03'], ['Nairobi', 'Kisumu'], 11);

function sales(months: readonly string[], branches: readonly string[], seed: number): Sale[] {
  return months.flatMap((month, at) =>
    branches.flatMap((branch, other) =>
      Array.from({ length: 40 }, (_, index) => ({
        day: `${month}-${String(1 + (index % 28)).padStart(2, '0')}`,
        branch,
        cents: ((index * 7_919 + seed * 104_729 + at * 31 + other * 17) % 900_000) + 101,
      })),
    ),
  );
}

const csv = (rows: readonly Sale[]) =>
  [
    'Posting Date,Branch,Item Name,Gross Revenue,Total Cost',
    ...rows.map(
      ({ day, branch, cents }) => `${day},${branch},Cement,${(cents / 100).toFixed(2)},${cents % 97}`,
    ),
    '',
  ].join('\n');

const figuresOf = (rows: readonly Sale[]) => ({
  rows: rows.length,
  revenue: rows.reduce((sum, sale) => sum + sale.cents, 0) / 100,
});
const key = ({ day, branch }: Sale) => `${day} ${branch}`;
const replaced = new Set(SECOND.map(key));
const BEFORE = figuresOf(FIRST);
const AFTER = figuresOf([...FIRST.filter((sale) => !replaced.has(key(sale))), ...SECOND]);

async function served({ client }: EngineProcess) {
  const answer = await client.call('analytics.query', { metrics: ['rowCount', 'totalRevenue'] });
  return { rows: answer.rows[0]?.[0], revenue: answer.rows[0]?.[1] };
}

const isSettled = (state: string) =>
  [...FINAL_STATES, 'mapping-needed', 'review-needed'].some((end) => end === state);
const allSettled = (count: number) => (jobs: ReadonlyMap<string, string>) =>
  jobs.size >= count && [...jobs.values()].every(isSettled);

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** What must hold after every recovery, whatever was killed when. */
async function expectWhole(home: string, engine: EngineProcess): Promise<void> {
  const { checks } = await engine.client.call('app.doctor', {});
  expect(checks.filter((check) => check.status !== 'ok' && check.name !== 'File reader')).toEqual([]);
  const files = await filesBelow(home);
  const leftovers = files.filter((path) =>
    /\.tmp|\/(staging|accepted|\.incoming|tmp)\//.test(path.slice(home.length)),
  );
  expect(leftovers).toEqual([]);
}

describe('an engine that is killed', () => {
  let folder: string;
  let base: string;
  let second: string;
  const homes: string[] = [];

  /** A data folder in which the first file counts. */
  const freshHome = async () => {
    const home = await mkdtemp(join(folder, 'home-'));
    await cp(base, home, { recursive: true });
    homes.push(home);
    return home;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mauzo-kill-'));
    base = join(folder, 'base');
    second = join(folder, 'second.csv');
    const first = join(folder, 'first.csv');
    await writeFile(first, csv(FIRST));
    await writeFile(second, csv(SECOND));
    const engine = startEngineProcess(base);
    await engine.client.call('imports.start', { files: [{ kind: 'path', path: first }] });
    await whenSettled(engine.client, allSettled(1));
    if (JSON.stringify(await served(engine)) !== JSON.stringify(BEFORE))
      throw new Error('the base is not right');
    await engine.end();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const startSecond = (engine: EngineProcess) =>
    engine.client.call('imports.start', {
      files: [{ kind: 'path', path: second }],
      options: { onOverlap: 'replace' },
    });

  /** Starts again after a kill and waits until the second file is through. */
  const recoverSecond = async (home: string) => {
    const engine = startEngineProcess(home);
    try {
      await whenSettled(engine.client, allSettled(2));
      const { jobs } = await engine.client.call('jobs.list', {});
      const job = jobs.find((item) => item.fileName === 'second.csv');
      expect(job).toMatchObject({
        state: 'done',
        error: null,
        rowsAccepted: SECOND.length,
        ledger: { balanced: true },
      });
      expect(await served(engine)).toEqual(AFTER);
      await expectWhole(home, engine);
    } finally {
      await engine.end();
    }
    await rm(home, { recursive: true, force: true });
  };

  it(
    'finishes the import after a kill right after each of its durable writes',
    { timeout: 480_000 },
    async () => {
      let kills = 0;
      for (let write = 1; ; write += 1) {
        const home = await freshHome();
        const engine = startEngineProcess(home, { MAUZO_FAULT_KILL_AFTER_WRITE: String(write) });
        const through = (async () => {
          await startSecond(engine);
          await whenSettled(engine.client, allSettled(2));
        })().catch(() => undefined);
        const killed = await Promise.race([engine.exited.then(() => true), through.then(() => false)]);
        if (!killed && (await stillRuns(engine))) {
          await engine.end();
          break;
        }
        expect((await engine.exited).signal).toBe('SIGKILL');
        kills += 1;
        await recoverSecond(home);
      }
      // Insert, two writes for each of the eight steps, hash, decision, activation, adoption.
      expect(kills).toBeGreaterThanOrEqual(20);
    },
  );

  it.each(JOB_STEPS.filter((step) => step !== 'map'))(
    'finishes the import after a kill in the middle of its step “%s”',
    async (step) => {
      const home = await freshHome();
      const engine = startEngineProcess(home);
      await engine.client.call('app.info', {});
      const seen = stepRuns(engine, step);
      await startSecond(engine);
      await seen;
      await engine.kill();
      expect((await engine.exited).signal).toBe('SIGKILL');
      await recoverSecond(home);
    },
  );

  it('is before or after an undo that was cut off, never in between', async () => {
    for (let write = 1; write <= 3; write += 1) {
      const home = await freshHome();
      const engine = startEngineProcess(home, { MAUZO_FAULT_KILL_AFTER_WRITE: String(write) });
      const { entries } = await engine.client.call('history.list', {});
      await engine.client
        .call('history.undo', { importId: entries[0]?.importId ?? '' })
        .catch(() => undefined);
      expect((await engine.exited).signal).toBe('SIGKILL');
      const again = startEngineProcess(home);
      // By itself: nobody asks for it.
      await whenPublished(again);
      const after = await again.client.call('history.list', {});
      const undone = after.entries[0]?.undoneAt !== null;
      expect(undone).toBe(true);
      expect(await served(again)).toMatchObject({ rows: 0 });
      const { jobs } = await again.client.call('jobs.list', {});
      expect(jobs[0]?.state).toBe('undone');
      await expectWhole(home, again);
      await again.end();
    }
  });
});

/** False when the process was killed while the last answer was on its way. */
async function stillRuns(engine: EngineProcess): Promise<boolean> {
  try {
    await engine.client.call('app.info', {});
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the engine serves what the log says. */
function whenPublished({ client }: EngineProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = client.open(
      'analytics.watch',
      {},
      {
        onEvent({ publishing }) {
          if (publishing) return;
          stop();
          resolve();
        },
        onEnd: (error) => reject(error ?? new Error('the stream ended')),
      },
    );
  });
}

/** Resolves at the first sign that a step of the second file runs. */
function stepRuns(engine: EngineProcess, step: JobStep): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.client.open(
      'jobs.watch',
      {},
      {
        onEvent(event) {
          if (event.type !== 'job' || event.job.fileName !== 'second.csv') return;
          const state = event.job.steps.find((item) => item.step === step)?.state;
          // Short steps may be over before anybody hears of them.
          if (state !== 'running' && state !== 'done') return;
          stop();
          resolve();
        },
      },
    );
  });
}
