import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/contract/app';
import { DEFAULT_RULES } from '#shared/domain/rules/rule-set';
import type { SharedTask } from '#shared/domain/job';
import { toAppError } from '#shared/errors/app-error';
import type { ClusterAttempt, ClusterChunk, FootprintRow } from '../publishing/ports.ts';
import type { SharedStores } from './store-ports.ts';
import { DATASET, footprintOf, LATER, NOW, sampleImport, sampleMapping } from './stores-samples.fixture.ts';

const failure = (code: string) => expect.objectContaining({ code });

/** What stores that are shared must do, whatever the database. `open` answers empty ones each time. */
export function sharedStoresContract(open: () => Promise<SharedStores & { close(): Promise<void> }>): void {
  let stores: SharedStores & { close(): Promise<void> };
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores.close());

  const activate = (
    letter: string,
    expectedSequence: number,
    touchedChunks: readonly string[] = ['2024-03'],
  ) =>
    stores.registry.activate({
      record: sampleImport(letter, touchedChunks),
      footprint: footprintOf(2),
      policy: 'keep',
      supersedes: [],
      touchedChunks,
      expectedSequence,
      activatedAt: NOW,
    });

  describe('the registry', () => {
    it('has a name of its own that stays', async () => {
      const id = await stores.registry.registryId();
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(await stores.registry.registryId()).toBe(id);
    });

    it('registers an import with its footprint, log entry and generations together', async () => {
      const record = sampleImport('a', ['2024-03', '2024-04']);
      const entry = await stores.registry.activate({
        record,
        footprint: footprintOf(1_234),
        policy: 'replace',
        supersedes: ['b'.repeat(64)],
        touchedChunks: ['2024-04', '2024-03', '2024-03'],
        expectedSequence: 0,
        activatedAt: LATER,
      });
      expect(entry).toEqual({
        sequence: 1,
        dataset: DATASET,
        importId: record.importId,
        policy: 'replace',
        supersedes: ['b'.repeat(64)],
        activatedAt: LATER,
        undoneAt: null,
      });
      expect(await stores.registry.log(DATASET)).toEqual([entry]);
      expect(await stores.registry.findImport(record.importId)).toEqual(record);
      expect(await stores.registry.listImports(DATASET)).toEqual([record]);
      expect([...(await stores.registry.desiredGenerations(DATASET))]).toEqual([
        ['2024-03', 1],
        ['2024-04', 1],
      ]);
      const footprint = (await stores.registry.footprint([record.importId])).get(record.importId);
      const byBranch = (rows: readonly FootprintRow[]) => new Map(rows.map((row) => [row.branch, row]));
      expect(footprint).toHaveLength(1_234);
      expect(byBranch(footprint ?? [])).toEqual(byBranch(footprintOf(1_234)));
    });

    it('gives back a footprint of many thousand branch-days whole, each once', async () => {
      const footprint = Array.from({ length: 6_000 }, (_, index) => ({
        chunk: '2024-03',
        // Names that differ in case and accents only are different branches.
        branch: ['Ñ', 'N', 'n', 'z', 'É', ' a'][index % 6] ?? '',
        day: `2024-03-${String(Math.floor(index / 6)).padStart(4, '0')}`,
        rows: index + 1,
        totals: sampleImport('a').totals,
      }));
      await stores.registry.activate({
        record: sampleImport('a'),
        footprint,
        policy: 'keep',
        supersedes: [],
        touchedChunks: [],
        expectedSequence: 0,
        activatedAt: NOW,
      });
      const stored = (await stores.registry.footprint(['a'.repeat(64)])).get('a'.repeat(64)) ?? [];
      const byRows = (rows: readonly FootprintRow[]) => rows.toSorted((a, b) => a.rows - b.rows);
      expect(byRows(stored)).toEqual(footprint);
    });

    it('answers an empty footprint for an import that it does not know', async () => {
      expect([...(await stores.registry.footprint(['x']))]).toEqual([['x', []]]);
      expect(await stores.registry.findImport('x')).toBeNull();
      expect(await stores.registry.log('another')).toEqual([]);
    });

    it('refuses a decision made for another state of the log, and keeps nothing of it', async () => {
      await activate('a', 0);
      await expect(activate('b', 0)).rejects.toEqual(failure('store.log_moved'));
      await expect(activate('b', 2)).rejects.toEqual(failure('store.log_moved'));
      expect(await stores.registry.findImport('b'.repeat(64))).toBeNull();
      expect([...(await stores.registry.desiredGenerations(DATASET))]).toEqual([['2024-03', 1]]);
      expect((await activate('b', 1)).sequence).toBe(2);
    });

    it('asks for a month to be built anew, and only for one that it knows', async () => {
      await activate('a', 0);
      expect(await stores.registry.renew(DATASET, '2024-03')).toBe(true);
      expect(await stores.registry.renew(DATASET, '2024-05')).toBe(false);
      expect(await stores.registry.renew('another', '2024-03')).toBe(false);
      expect([...(await stores.registry.desiredGenerations(DATASET))]).toEqual([['2024-03', 2]]);
    });

    it('lets exactly one of two simultaneous decisions win', async () => {
      const results = await Promise.allSettled([activate('a', 0), activate('b', 0)]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await stores.registry.log(DATASET)).toHaveLength(1);
    });

    it('never counts an import twice', async () => {
      await activate('a', 0);
      await expect(activate('a', 1)).rejects.toEqual(failure('store.already_active'));
      expect(await stores.registry.log(DATASET)).toHaveLength(1);
    });

    it('undoes and activates again, in any order, and keeps the import as it was first known', async () => {
      await activate('a', 0);
      await activate('b', 1, ['2024-04']);
      const undone = await stores.registry.undo({
        importId: 'a'.repeat(64),
        touchedChunks: ['2024-03', '2024-04'],
        undoneAt: LATER,
      });
      expect(undone).toMatchObject({ sequence: 1, undoneAt: LATER });
      await expect(
        stores.registry.undo({ importId: 'a'.repeat(64), touchedChunks: ['2024-03'], undoneAt: LATER }),
      ).rejects.toEqual(failure('store.not_active'));
      expect([...(await stores.registry.desiredGenerations(DATASET))]).toEqual([
        ['2024-03', 2],
        ['2024-04', 2],
      ]);
      const again = await stores.registry.activate({
        record: { ...sampleImport('a'), fileName: 'renamed.csv' },
        footprint: footprintOf(2),
        policy: 'skip',
        supersedes: [],
        touchedChunks: ['2024-03'],
        expectedSequence: 2,
        activatedAt: LATER,
      });
      expect(again.sequence).toBe(3);
      expect((await stores.registry.findImport('a'.repeat(64)))?.fileName).toBe('a.csv');
      expect((await stores.registry.log(DATASET)).map((entry) => entry.undoneAt)).toEqual([
        LATER,
        null,
        null,
      ]);
    });
  });

  describe('what a cluster serves', () => {
    const chunk = (generation: number, changes: Partial<ClusterChunk> = {}): ClusterChunk => ({
      chunk: '2024-03',
      generation,
      rows: 5_000_000_000,
      version: '2024-05-01T00:00:00.000Z',
      publishedAt: NOW,
      ...changes,
    });
    const attempt = (number: number, changes: Partial<ClusterAttempt> = {}): ClusterAttempt => ({
      chunk: '2024-03',
      generation: 1,
      attempt: number,
      taskId: `task-${number}`,
      state: 'submitting',
      inputs: [{ key: 'ingest/x', sha256: 'a'.repeat(64), rows: 7 }],
      error: null,
      submittedAt: NOW,
      ...changes,
    });

    it('starts empty, for each datasource on its own', async () => {
      await stores.cluster.adopt('sales', chunk(1));
      expect(await stores.cluster.chunks('other')).toEqual([]);
      expect(await stores.cluster.dataVersion('other')).toBe(0);
      expect(await stores.cluster.attempts('sales', '2024-03', 1)).toEqual([]);
    });

    it('remembers the newest generation of a chunk, also an emptied one, and counts versions', async () => {
      expect(await stores.cluster.adopt('sales', chunk(2))).toBe(true);
      const emptied = chunk(1, { chunk: '2024-02', rows: 0, version: null });
      expect(await stores.cluster.adopt('sales', emptied)).toBe(true);
      expect(await stores.cluster.adopt('sales', chunk(1))).toBe(false);
      expect(await stores.cluster.chunks('sales')).toEqual([emptied, chunk(2)]);
      expect(await stores.cluster.adopt('sales', chunk(2, { version: 'v2' }))).toBe(true);
      expect(await stores.cluster.chunks('sales')).toEqual([emptied, chunk(2, { version: 'v2' })]);
      expect(await stores.cluster.dataVersion('sales')).toBe(3);
    });

    it('keeps attempts of a generation in order, and changes them', async () => {
      await stores.cluster.recordAttempt('sales', attempt(2));
      await stores.cluster.recordAttempt('sales', attempt(1));
      await stores.cluster.recordAttempt('sales', attempt(1, { generation: 2 }));
      const error = {
        code: 'app.bug',
        kind: 'bug' as const,
        details: { message: 'x' },
        retryable: false,
        correlationId: 'q',
      };
      const failed = attempt(1, { state: 'failed', error });
      await stores.cluster.recordAttempt('sales', failed);
      expect(await stores.cluster.attempts('sales', '2024-03', 1)).toEqual([failed, attempt(2)]);
    });
  });

  describe('leases', () => {
    const LONG = 600_000;

    it('are held by one at a time, and say by whom', async () => {
      expect(await stores.leases.holder('druid:2024-03')).toBeNull();
      const lease = await stores.leases.acquire('druid:2024-03', LONG);
      expect(lease?.name).toBe('druid:2024-03');
      expect(await stores.leases.holder('druid:2024-03')).toContain(`(process ${process.pid})`);
      expect(await stores.leases.acquire('druid:2024-03', LONG)).toBeNull();
      const other = await stores.leases.acquire('druid:2024-04', LONG);
      expect(other).not.toBeNull();
      await lease?.release();
      expect(await stores.leases.holder('druid:2024-03')).toBeNull();
      expect(await stores.leases.acquire('druid:2024-03', LONG)).not.toBeNull();
    });

    it('go to exactly one of many who ask at once', async () => {
      const asked = Array.from({ length: 20 }, () => stores.leases.acquire('one', LONG));
      expect((await Promise.all(asked)).filter((lease) => lease !== null)).toHaveLength(1);
    });

    it('run out, are taken over, and tell who had them', async () => {
      const lost = await stores.leases.acquire('one', 0);
      expect(await stores.leases.holder('one')).toBeNull();
      expect(await lost?.renew()).toBe(true);
      const next = await stores.leases.acquire('one', LONG);
      expect(next).not.toBeNull();
      expect(await lost?.renew()).toBe(false);
      // Who lost it takes nothing away from who has it.
      await lost?.release();
      expect(await next?.renew()).toBe(true);
      expect(await stores.leases.acquire('one', LONG)).toBeNull();
    });

    it('are prolonged by renewing', async () => {
      const lease = await stores.leases.acquire('one', LONG);
      expect(await lease?.renew()).toBe(true);
      expect(await stores.leases.acquire('one', LONG)).toBeNull();
    });
  });

  describe('tasks of everybody', () => {
    const task = (changes: Partial<SharedTask> = {}): SharedTask => ({
      jobId: 'one',
      owner: 'Ann on desk-1',
      dataset: DATASET,
      fileName: 'March\n"2024" ../x.csv',
      state: 'validated',
      rowsRead: 5_000_000_000,
      rowsAccepted: 1,
      rowsRejected: 0,
      error: null,
      createdAt: NOW,
      updatedAt: NOW,
      ...changes,
    });

    it('are shown as they were told last, the newest first', async () => {
      await stores.tasks.post(task());
      const unread = task({
        jobId: 'two',
        createdAt: LATER,
        rowsRead: null,
        rowsAccepted: null,
        rowsRejected: null,
      });
      await stores.tasks.post(unread);
      expect(await stores.tasks.list(10)).toEqual([unread, task()]);
      expect(await stores.tasks.list(1)).toEqual([unread]);
      const failed = task({
        state: 'failed',
        updatedAt: LATER,
        error: { code: 'app.bug', kind: 'bug', details: {}, retryable: false, correlationId: 'q' },
      });
      await stores.tasks.post(failed);
      expect(await stores.tasks.list(10)).toEqual([unread, failed]);
    });

    it('do not go back to what is older than what is known', async () => {
      await stores.tasks.post(task({ state: 'done', updatedAt: LATER }));
      await stores.tasks.post(task());
      expect(await stores.tasks.list(10)).toEqual([task({ state: 'done', updatedAt: LATER })]);
    });
  });

  describe('mappings and settings', () => {
    it('remembers the last mapping of a header', async () => {
      expect(await stores.mappings.find('f')).toBeNull();
      await stores.mappings.remember('f', { version: 1, fields: {} });
      await stores.mappings.remember('f', sampleMapping);
      expect(await stores.mappings.find('f')).toEqual(sampleMapping);
    });

    it('starts with the default settings and keeps what was changed', async () => {
      expect(await stores.settings.read()).toEqual(DEFAULT_SETTINGS);
      expect(await stores.settings.update({ theme: 'dark', maxRejectsPercent: 1.5 })).toEqual({
        ...DEFAULT_SETTINGS,
        theme: 'dark',
        maxRejectsPercent: 1.5,
      });
      expect((await stores.settings.read()).theme).toBe('dark');
    });

    it('rolls back a setting that does not fit', async () => {
      await expect(stores.settings.update({ maxRejectsPercent: 101 })).rejects.toEqual(
        failure('store.unreadable_record'),
      );
      expect(await stores.settings.read()).toEqual(DEFAULT_SETTINGS);
    });
  });

  describe('the rules of a company', () => {
    it('are none until they are kept, and keep their order and version', async () => {
      expect(await stores.rules.read()).toBeNull();
      const ruleSet = { ...DEFAULT_RULES, rules: DEFAULT_RULES.rules.toReversed() };
      expect(await stores.rules.save(ruleSet, 0)).toEqual({ revision: 1, ruleSet });
      expect(await stores.rules.read()).toEqual({ revision: 1, ruleSet });
      expect(await stores.settings.read()).toEqual(DEFAULT_SETTINGS);
    });

    it('are changed by one of two who change the same version', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 5 }, () => stores.rules.save(DEFAULT_RULES, 0)),
      );
      const outcomes = results.map((result) =>
        result.status === 'fulfilled' ? 'saved' : toAppError(result.reason).code,
      );
      expect(outcomes.sort()).toEqual([...Array(4).fill('rules.changed_elsewhere'), 'saved']);
      expect((await stores.rules.read())?.revision).toBe(1);
    });
  });
}
