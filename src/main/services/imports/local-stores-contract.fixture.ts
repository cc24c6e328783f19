import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CONNECTIONS, type Connections } from '#shared/domain/connections';
import type { LocalStores } from './store-ports.ts';
import {
  DATASET,
  filledJob,
  LATER,
  NOW,
  sampleJob,
  sampleMapping,
  sampleStep,
} from './stores-samples.fixture.ts';

const failure = (code: string) => expect.objectContaining({ code });

const connections: Connections = {
  ...NO_CONNECTIONS,
  postgres: {
    host: 'db.example',
    port: 5432,
    database: 'mauzo',
    schema: 'mauzo',
    user: 'mauzo',
    tls: 'verify-full',
    caFile: null,
  },
};

/** What the stores of a data folder must do. `open` answers empty ones each time. */
export function localStoresContract(open: () => Promise<LocalStores & { close(): Promise<void> }>): void {
  let stores: LocalStores & { close(): Promise<void> };
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores.close());

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

  describe('publication', () => {
    const adopt = (
      registryId: string,
      ...chunks: { chunk: string; generation: number; path: string | null; rows: number }[]
    ) => stores.publication.adopt(DATASET, registryId, chunks);

    it('starts empty', async () => {
      expect(await stores.publication.manifest(DATASET)).toEqual({ dataVersion: 0, chunks: [] });
      expect(await stores.publication.published(DATASET)).toEqual({
        registryId: null,
        generations: new Map(),
      });
    });

    it('adopts chunks together, empty ones included, and raises the data version by one', async () => {
      const manifest = await adopt(
        'here',
        { chunk: '2024-04', generation: 1, path: null, rows: 0 },
        { chunk: '2024-03', generation: 1, path: '/x/3', rows: 10 },
      );
      expect(manifest).toEqual({
        dataVersion: 1,
        chunks: [{ chunk: '2024-03', generation: 1, path: '/x/3', rows: 10 }],
      });
      expect(await stores.publication.manifest(DATASET)).toEqual(manifest);
      const { registryId, generations } = await stores.publication.published(DATASET);
      expect(registryId).toBe('here');
      expect([...generations]).toEqual([
        ['2024-03', 1],
        ['2024-04', 1],
      ]);
    });

    it('replaces a chunk by its next generation', async () => {
      await adopt('here', { chunk: '2024-03', generation: 1, path: '/1', rows: 1 });
      await adopt('here', { chunk: '2024-02', generation: 1, path: '/0', rows: 5 });
      expect(await adopt('here', { chunk: '2024-03', generation: 2, path: '/2', rows: 2 })).toEqual({
        dataVersion: 3,
        chunks: [
          { chunk: '2024-02', generation: 1, path: '/0', rows: 5 },
          { chunk: '2024-03', generation: 2, path: '/2', rows: 2 },
        ],
      });
    });

    it('drops what came from another registry, and never counts a version twice', async () => {
      await adopt('here', { chunk: '2024-02', generation: 7, path: '/0', rows: 5 });
      const chunks = [{ chunk: '2024-03', generation: 1, path: '/1', rows: 1 }];
      expect(await adopt('elsewhere', ...chunks)).toEqual({ dataVersion: 2, chunks });
      expect(await stores.publication.published(DATASET)).toEqual({
        registryId: 'elsewhere',
        generations: new Map([['2024-03', 1]]),
      });
      expect(await adopt('a third')).toEqual({ dataVersion: 3, chunks: [] });
    });
  });

  describe('connections', () => {
    it('starts with none and keeps what was set', async () => {
      expect(await stores.connections.read()).toEqual(NO_CONNECTIONS);
      await stores.connections.write(connections);
      expect(await stores.connections.read()).toEqual(connections);
      await stores.connections.write(NO_CONNECTIONS);
      expect(await stores.connections.read()).toEqual(NO_CONNECTIONS);
    });
  });

  describe('mappings that the shared store does not have yet', () => {
    it('are used at once and told once, but not an older answer for a newer one', async () => {
      const { ownMappings } = stores;
      const older = { version: 1 as const, fields: {} };
      await ownMappings.hold('f', older);
      await ownMappings.hold('g', sampleMapping);
      await ownMappings.remember('h', sampleMapping);
      expect(await ownMappings.find('f')).toEqual(older);
      const held = async () => (await ownMappings.held()).map(({ fingerprint }) => fingerprint).sort();
      expect(await held()).toEqual(['f', 'g']);
      await ownMappings.hold('f', sampleMapping);
      await ownMappings.told('f', older);
      await ownMappings.told('g', sampleMapping);
      expect(await ownMappings.held()).toEqual([{ fingerprint: 'f', mapping: sampleMapping }]);
    });
  });
}
