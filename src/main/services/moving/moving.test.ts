import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStores, type EmbeddedStores } from '../../adapters/embedded/index.ts';
import { createLocalObjectStore } from '../../adapters/local-files/index.ts';
import { rawKey } from '../imports/ports.ts';
import type { ImportRecord } from '../imports/store-ports.ts';
import {
  DATASET,
  LATER,
  NOW,
  sampleImport,
  sampleJob,
  sampleMapping,
} from '../imports/stores-samples.fixture.ts';
import { createMovingService } from './index.ts';

const NEVER = new AbortController().signal;
const code = (value: string) => expect.objectContaining({ code: value });

describe('a move', () => {
  let folder: string;
  let source: EmbeddedStores;
  let target: EmbeddedStores;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-move-'));
    source = await openEmbeddedStores({ path: join(folder, 'source.sqlite') });
    target = await openEmbeddedStores({ path: join(folder, 'target.sqlite') });
  });
  afterEach(async () => {
    await source.close();
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const accept = async (stores: EmbeddedStores, letter: string, changes: Partial<ImportRecord> = {}) => {
    const totals = { ...sampleImport(letter).totals, unitsSold: '3' };
    const record = { ...sampleImport(letter, ['2024-03', '2024-04']), totals, ...changes };
    const log = await stores.registry.log(DATASET);
    await stores.registry.activate({
      record,
      footprint: [
        {
          chunk: '2024-03',
          branch: 'A',
          day: '2024-03-01',
          rows: 4,
          totals: { ...totals, unitsSold: '1.25' },
        },
        {
          chunk: '2024-04',
          branch: 'Ñ “B”',
          day: '2024-04-01',
          rows: 6,
          totals: { ...totals, grossRevenue: null, returnsValue: '0', unitsSold: '1.75' },
        },
      ],
      policy: 'replace',
      supersedes: [],
      touchedChunks: ['2024-03', '2024-04'],
      expectedSequence: log.length,
      activatedAt: NOW,
    });
  };
  const undo = (stores: EmbeddedStores, letter: string) =>
    stores.registry.undo({ importId: letter.repeat(64), touchedChunks: ['2024-03'], undoneAt: LATER });
  const moving = (objects: Parameters<typeof createMovingService>[0]['objects'] = null) =>
    createMovingService({ source: source.archive, target: target.archive, jobs: source.jobs, objects });
  /** Everything but who the stores are. */
  const contentOf = async ({ archive }: EmbeddedStores) => {
    const { storeId: _, movedFrom: __, ...content } = await archive.read();
    const footprints = await Promise.all(content.imports.map(({ importId }) => archive.footprint(importId)));
    return { ...content, footprints };
  };

  it('brings everything over as it is, says so, and leaves the source alone', async () => {
    await accept(source, 'a');
    await undo(source, 'a');
    await accept(source, 'b');
    await accept(source, 'a');
    await source.mappings.remember('f', sampleMapping);
    await source.settings.update({ organisation: 'Mauzo Ltd' });
    await source.jobs.insert(
      sampleJob('one', { importId: 'a'.repeat(64), acceptedIn: await source.registry.registryId() }),
    );
    const before = await contentOf(source);
    expect(await moving().move()).toEqual({
      imports: 2,
      importsCopied: 2,
      entriesCopied: 3,
      undoneCopied: 0,
      mappingsCopied: 1,
      settingsCopied: 1,
      objectsCopied: 0,
      objectsKept: 0,
      objectsMissing: [],
    });
    expect(await contentOf(source)).toEqual(before);
    expect(await contentOf(target)).toEqual(before);
    expect(await target.registry.log(DATASET)).toEqual(await source.registry.log(DATASET));
    expect((await source.jobs.get('one'))?.acceptedIn).toBe(await target.registry.registryId());
  });

  it('brings only what came since when it is repeated', async () => {
    await accept(source, 'a');
    await moving().move();
    expect(await moving().move()).toMatchObject({ importsCopied: 0, entriesCopied: 0 });
    await undo(source, 'a');
    await accept(source, 'b');
    await accept(source, 'a');
    expect(await moving().move()).toMatchObject({
      importsCopied: 1,
      entriesCopied: 2,
      undoneCopied: 1,
      imports: 2,
    });
    expect(await contentOf(target)).toEqual(await contentOf(source));
    // Work that goes on there is not touched by one more.
    await accept(target, 'c');
    const there = await contentOf(target);
    expect(await moving().move()).toMatchObject({ importsCopied: 0, imports: 3 });
    expect(await contentOf(target)).toEqual(there);
  });

  it('refuses a target with content of its own, and changes nothing of it', async () => {
    await accept(source, 'a');
    await accept(target, 'b');
    const there = await contentOf(target);
    await expect(moving().move()).rejects.toEqual(code('moving.target_not_empty'));
    expect(await contentOf(target)).toEqual(there);
  });

  it('adds nothing to a target that somebody changed in between', async () => {
    await accept(source, 'a');
    const addedMeanwhile = createMovingService({
      source: source.archive,
      target: {
        ...target.archive,
        async add(addition, footprintOf) {
          await accept(target, 'b');
          await target.archive.add(addition, footprintOf);
        },
      },
      jobs: source.jobs,
      objects: null,
    });
    await expect(addedMeanwhile.move()).rejects.toEqual(code('moving.target_changed'));
    expect((await target.registry.listImports(DATASET)).map(({ fileName }) => fileName)).toEqual(['b.csv']);
  });

  it('says when what arrived is not what was sent', async () => {
    await accept(source, 'a');
    const lossy = createMovingService({
      source: source.archive,
      target: {
        ...target.archive,
        add: (addition, footprintOf) =>
          target.archive.add(addition, async (importId) => (await footprintOf(importId)).slice(1)),
      },
      jobs: source.jobs,
      objects: null,
    });
    await expect(lossy.move()).rejects.toEqual(code('moving.not_verified'));
  });

  it('has nowhere to go without a database', async () => {
    const nowhere = createMovingService({
      source: source.archive,
      target: null,
      jobs: source.jobs,
      objects: null,
    });
    await expect(nowhere.move()).rejects.toEqual(code('moving.no_database'));
  });

  it('copies objects first, each once, and names those that are nowhere', async () => {
    const bytes = 'raw bytes';
    const rawSha256 = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'raw'), bytes);
    const from = createLocalObjectStore({ folder: join(folder, 'from') });
    const to = createLocalObjectStore({ folder: join(folder, 'to') });
    await from.putFile(rawKey(DATASET, rawSha256), join(folder, 'raw'), { sha256: rawSha256, signal: NEVER });
    const missing = { chunk: '2024-03', key: 'canonical/x', sha256: '1'.repeat(64), rows: 10, sizeBytes: 1 };
    await accept(source, 'a', { rawSha256, chunks: [missing] });
    await accept(source, 'b', { rawSha256, chunks: [] });
    expect(await moving({ from, to }).move()).toMatchObject({
      objectsCopied: 1,
      objectsKept: 0,
      objectsMissing: ['canonical/x'],
    });
    expect((await to.head(rawKey(DATASET, rawSha256)))?.sha256).toBe(rawSha256);
    expect(await moving({ from, to }).move()).toMatchObject({ objectsCopied: 0, objectsKept: 1 });
  });
});
