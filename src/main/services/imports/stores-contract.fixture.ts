import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/contract/app';
import type { FootprintRow } from '../publishing/ports.ts';
import type { Stores } from './store-ports.ts';
import {
  DATASET,
  filledJob,
  footprintOf,
  LATER,
  NOW,
  sampleImport,
  sampleJob,
  sampleMapping,
  sampleStep,
} from './stores-samples.fixture.ts';

const failure = (code: string) => expect.objectContaining({ code });

/** What every store of a data folder must do, whatever the database. `open` answers an empty store each time. */
export function storesContract(open: () => Promise<Stores>): void {
  let stores: Stores;
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

  describe('jobs', () => {
    it('gives back a job as it was stored, also with every field filled', async () => {
      await stores.jobs.insert(sampleJob('one'));
      expect(await stores.jobs.get('one')).toEqual(sampleJob('one'));
      await stores.jobs.insert(sampleJob('two', filledJob));
      expect(await stores.jobs.get('two')).toEqual(sampleJob('two', filledJob));
      expect(await stores.jobs.get('three')).toBeNull();
    });

    it('changes only the fields that are named, and can clear them again', async () => {
      await stores.jobs.insert(sampleJob('one'));
      const changed = await stores.jobs.update('one', filledJob);
      expect(changed).toEqual(sampleJob('one', filledJob));
      expect(await stores.jobs.update('one', { error: null, cancelRequested: false, table: null })).toEqual({
        ...changed,
        error: null,
        cancelRequested: false,
        table: null,
      });
    });

    it('lists in order of arrival whatever the clock says, without dismissed jobs unless asked', async () => {
      await stores.jobs.insert(sampleJob('z', { createdAt: LATER }));
      await stores.jobs.insert(sampleJob('a', { createdAt: NOW }));
      await stores.jobs.insert(sampleJob('m', { dismissed: true }));
      const ids = async (includeDismissed: boolean) =>
        (await stores.jobs.list({ includeDismissed })).map((job) => job.jobId);
      expect(await ids(false)).toEqual(['z', 'a']);
      expect(await ids(true)).toEqual(['z', 'a', 'm']);
    });

    it('keeps one record per step and attempt, in the order in which they began', async () => {
      await stores.jobs.insert(sampleJob('one'));
      await stores.jobs.update('one', {}, sampleStep({}));
      await stores.jobs.update('one', {}, sampleStep({ state: 'done', bytes: 7, rows: 3, elapsedMs: 12.5 }));
      await stores.jobs.update('one', {}, sampleStep({ step: 'inspect', state: 'failed' }));
      await stores.jobs.update('one', {}, sampleStep({ step: 'inspect', attempt: 2 }));
      expect(await stores.jobs.steps('one')).toEqual([
        sampleStep({ state: 'done', bytes: 7, rows: 3, elapsedMs: 12.5 }),
        sampleStep({ step: 'inspect', state: 'failed' }),
        sampleStep({ step: 'inspect', attempt: 2 }),
      ]);
      expect(await stores.jobs.steps('two')).toEqual([]);
    });

    it('refuses to change or to insert a job that it must not, and changes nothing then', async () => {
      await expect(stores.jobs.update('one', {}, sampleStep({}))).rejects.toEqual(
        failure('store.no_such_job'),
      );
      await stores.jobs.insert(sampleJob('one'));
      await expect(stores.jobs.insert(sampleJob('one', { fileName: 'other' }))).rejects.toEqual(
        failure('store.failed'),
      );
      expect(await stores.jobs.get('one')).toEqual(sampleJob('one'));
    });

    it('serves many changes at once without losing one', async () => {
      await stores.jobs.insert(sampleJob('one'));
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          stores.jobs.update('one', { sizeBytes: index }, sampleStep({ attempt: index + 1 })),
        ),
      );
      expect(await stores.jobs.steps('one')).toHaveLength(40);
    });
  });

  describe('the registry', () => {
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

  describe('publication', () => {
    it('starts empty', async () => {
      expect(await stores.publication.manifest(DATASET)).toEqual({ dataVersion: 0, chunks: [] });
      expect([...(await stores.publication.publishedGenerations(DATASET))]).toEqual([]);
    });

    it('adopts chunks together, empty ones included, and raises the data version by one', async () => {
      await activate('a', 0, ['2024-03', '2024-04']);
      const manifest = await stores.publication.adopt(DATASET, [
        { chunk: '2024-04', generation: 1, path: null, rows: 0 },
        { chunk: '2024-03', generation: 1, path: '/x/3', rows: 10 },
      ]);
      expect(manifest).toEqual({
        dataVersion: 1,
        chunks: [{ chunk: '2024-03', generation: 1, path: '/x/3', rows: 10 }],
      });
      expect(await stores.publication.manifest(DATASET)).toEqual(manifest);
      expect([...(await stores.publication.publishedGenerations(DATASET))]).toEqual([
        ['2024-03', 1],
        ['2024-04', 1],
      ]);
    });

    it('adopts nothing when one generation is stale or was never desired', async () => {
      await activate('a', 0, ['2024-03', '2024-04']);
      await activate('b', 1, ['2024-04']);
      const stale = [
        { chunk: '2024-03', generation: 1, path: '/x/3', rows: 10 },
        { chunk: '2024-04', generation: 1, path: '/x/4', rows: 10 },
      ];
      expect(await stores.publication.adopt(DATASET, stale)).toBeNull();
      expect(
        await stores.publication.adopt(DATASET, [{ chunk: '2024-05', generation: 1, path: '/x', rows: 1 }]),
      ).toBeNull();
      expect(await stores.publication.manifest(DATASET)).toEqual({ dataVersion: 0, chunks: [] });
    });

    it('replaces a chunk by its next generation', async () => {
      await activate('a', 0);
      await stores.publication.adopt(DATASET, [{ chunk: '2024-03', generation: 1, path: '/1', rows: 1 }]);
      await activate('b', 1);
      expect(
        await stores.publication.adopt(DATASET, [{ chunk: '2024-03', generation: 2, path: '/2', rows: 2 }]),
      ).toEqual({ dataVersion: 2, chunks: [{ chunk: '2024-03', generation: 2, path: '/2', rows: 2 }] });
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
}
