import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { openEmbeddedStores } from '../../adapters/embedded/index.ts';
import { createLocalObjectStore } from '../../adapters/local-files/index.ts';
import { Mutex } from '../publishing/index.ts';
import { RegistryWatch } from './registry-watch.ts';
import type { Stores } from './store-ports.ts';
import { DATASET, footprintOf, LATER, NOW, sampleImport, sampleJob } from './stores-samples.fixture.ts';

const IMPORT = 'a'.repeat(64);

describe('the watch over the registry', () => {
  let folder: string;
  let stores: Stores;
  let watch: RegistryWatch;
  let away: AppError | null;
  let publishing: (() => Promise<void>) | null;
  let published: number;
  let driven: string[];
  let changed: string[];
  const errors: unknown[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-watch-'));
    stores = await openEmbeddedStores({ path: join(folder, 'store.sqlite') });
    [away, publishing, published, driven, changed] = [null, null, 0, [], []];
    errors.length = 0;
    const registry = {
      ...stores.registry,
      desiredGenerations: (dataset: string) =>
        away ? Promise.reject(away) : stores.registry.desiredGenerations(dataset),
    };
    watch = new RegistryWatch({
      pipeline: {
        registry,
        jobs: stores.jobs,
        objects: createLocalObjectStore({ folder: join(folder, 'objects') }),
        folders: { reports: folder, accepted: join(folder, 'accepted'), exports: folder, sample: folder },
        dataset: DATASET,
        logLock: new Mutex(),
        now: () => new Date(LATER),
        log: { debug() {}, info() {}, warn() {}, error: (line) => void errors.push(line) },
        publisher: {
          publish: async () => {
            published += 1;
            await publishing?.();
          },
        },
      },
      runner: { drive: (jobId) => void driven.push(jobId) },
      events: { changed: (jobId) => void changed.push(jobId) },
      everyMs: 20,
    });
  });
  afterEach(async () => {
    await watch.stop();
    await stores.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const activate = (letter = 'a', expectedSequence = 0) =>
    stores.registry.activate({
      record: sampleImport(letter),
      footprint: footprintOf(1),
      policy: 'keep',
      supersedes: [],
      touchedChunks: ['2024-03'],
      expectedSequence,
      activatedAt: NOW,
    });
  const undo = () => stores.registry.undo({ importId: IMPORT, touchedChunks: ['2024-03'], undoneAt: LATER });
  const job = async (changes = {}) =>
    stores.jobs.insert(
      sampleJob('job', {
        state: 'done',
        importId: IMPORT,
        acceptedIn: await stores.registry.registryId(),
        ...changes,
      }),
    );
  const state = async () => (await stores.jobs.get('job'))?.state;

  it('publishes again and again what others may have changed', async () => {
    watch.wake();
    await expect.poll(() => published).toBeGreaterThan(3);
  });

  it('takes over that somebody undid an import, or counts it again', async () => {
    await activate();
    await job();
    watch.wake();
    await undo();
    await expect.poll(state).toBe('undone');
    await activate('a', 1);
    await expect.poll(state).toBe('done');
    expect(changed).toEqual(['job', 'job']);
    expect(driven).toEqual([]);
  });

  it('accepts again what the registry has lost, but nothing that belongs to another registry', async () => {
    await activate('b');
    await job();
    await stores.jobs.insert(
      sampleJob('elsewhere', { state: 'done', importId: IMPORT, acceptedIn: 'another' }),
    );
    await watch.catchUp();
    expect(driven).toEqual(['job']);
    expect(await stores.jobs.get('job')).toMatchObject({ state: 'validated', acceptedIn: null });
    expect((await stores.jobs.get('elsewhere'))?.state).toBe('done');
  });

  it('goes on when the registry is back', async () => {
    await activate();
    await job();
    await undo();
    away = new AppError('postgres.refused', 'unavailable');
    await expect(watch.catchUp()).rejects.toThrow('postgres.refused');
    watch.wake();
    await expect.poll(() => published).toBe(0);
    away = null;
    watch.wake();
    await expect.poll(state).toBe('undone');
    expect(errors).toEqual([]);
  });

  it('tries what cannot be built once, and again when the log has changed', async () => {
    publishing = () => Promise.reject(new AppError('publishing.chunk_differs', 'bug'));
    watch.wake();
    await expect.poll(() => errors.length).toBe(1);
    // It looks on, and builds nothing.
    let looks = 0;
    const desired = stores.registry.desiredGenerations;
    stores.registry.desiredGenerations = (dataset) => {
      looks += 1;
      return desired(dataset);
    };
    await expect.poll(() => looks).toBeGreaterThan(2);
    expect(published).toBe(1);
    await activate();
    await expect.poll(() => published).toBe(2);
    expect(errors).toHaveLength(2);
  });
});
