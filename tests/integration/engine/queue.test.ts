import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/errors/app-error.ts';
import type { Stores } from '../../../src/main/services/imports/store-ports.ts';
import { removeHome, startTestEngine, type TestEngine } from './engine.fixture.ts';
import { createSimpleParser, type ParserHooks } from './simple-parser.fixture.ts';

const MARCH = ['2024-03-01,Nairobi,100.50,60', '2024-03-02,Mombasa,200.25,', '2024-04-01,Nairobi,50,20'];

/** A gate that a test opens. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return { opened, open, arrived, arrive };
}

describe('the queue', () => {
  const hooks: ParserHooks = {};
  let wrap: (stores: Stores) => Stores;
  let test: TestEngine;
  beforeEach(async () => {
    delete hooks.beforeValidate;
    delete hooks.changeReport;
    wrap = (stores) => stores;
    test = await startTestEngine({ parser: createSimpleParser(hooks), wrapStores: (stores) => wrap(stores) });
  });
  afterEach(async () => {
    await test.close();
    await removeHome(test.home);
  });

  const restart = async (wrapStores: (stores: Stores) => Stores) => {
    await test.close();
    wrap = wrapStores;
    test = await startTestEngine({
      home: test.home,
      parser: createSimpleParser(hooks),
      wrapStores: (stores) => wrap(stores),
    });
  };
  const namesIn = async (folder: string) => readdir(join(test.home, folder)).catch(() => []);
  const nothingLeft = async () => {
    expect(await namesIn('staging')).toEqual([]);
    expect(await namesIn('reports')).toEqual([]);
    expect((await test.client.call('history.list', {})).entries).toEqual([]);
    expect((await test.figures()).rows).toBe(0);
  };
  const start = async (path: string) => {
    const { jobIds } = await test.client.call('imports.start', { files: [{ kind: 'path', path }] });
    return jobIds[0] ?? '';
  };

  it('goes on with the others when one file kills its parser, and counts each of the others once', async () => {
    hooks.beforeValidate = async (fileName) => {
      if (fileName === 'poison.csv')
        throw new AppError('reading.parser_died', 'unavailable', { fileName, reason: 'signal SIGSEGV' });
      return Promise.resolve();
    };
    const paths = [await test.file('poison.csv', MARCH)];
    for (let index = 0; index < 24; index += 1)
      paths.push(
        await test.file(`file-${index}.csv`, [`2024-0${1 + (index % 9)}-15,Branch ${index},${index}.25,`]),
      );
    const jobs = await test.importFiles(paths);
    expect(jobs[0]).toMatchObject({ state: 'failed', error: { code: 'reading.parser_died' } });
    expect(jobs.slice(1).map((job) => [job.state, job.ledger?.balanced])).toEqual(
      jobs.slice(1).map(() => ['done', true]),
    );
    expect(await test.figures()).toEqual({ rows: 24, revenue: 276 + 24 * 0.25 });

    delete hooks.beforeValidate;
    await test.client.call('jobs.retry', { jobId: jobs[0]?.jobId ?? '' });
    await test.engine.settled();
    expect((await test.client.call('jobs.get', { jobId: jobs[0]?.jobId ?? '' })).state).toBe('done');
    expect((await test.figures()).rows).toBe(27);
  });

  it('cancels in the middle of a step and leaves nothing', async () => {
    const held = gate();
    hooks.beforeValidate = async (_, signal) => {
      held.arrive();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    const jobId = await start(await test.file('march.csv', MARCH));
    await held.arrived;
    expect((await test.client.call('jobs.cancel', { jobId })).state).toBe('cancelled');
    await test.engine.settled();
    await nothingLeft();
  });

  it('cancels while a job waits for its turn, or for a person', async () => {
    const held = gate();
    hooks.beforeValidate = async () => {
      held.arrive();
      await held.opened;
    };
    const running = [
      await start(await test.file('a.csv', ['2024-01-01,A,1,'])),
      await start(await test.file('b.csv', ['2024-01-01,B,1,'])),
    ];
    const waiting = await start(await test.file('c.csv', ['2024-01-01,C,what,', '2024-01-01,C,1,']));
    await held.arrived;
    expect((await test.client.call('jobs.cancel', { jobId: waiting })).state).toBe('cancelled');
    const asked = await start(await test.file('d.csv', ['2024-01-01,D,what,', '2024-01-01,D,1,']));
    held.open();
    await test.engine.settled();
    expect((await test.client.call('jobs.get', { jobId: asked })).state).toBe('review-needed');
    expect((await test.client.call('jobs.cancel', { jobId: asked })).state).toBe('cancelled');
    for (const jobId of running) {
      expect((await test.client.call('jobs.get', { jobId })).state).toBe('done');
      await expect(test.client.call('jobs.cancel', { jobId })).rejects.toThrow('jobs.too_late');
    }
    expect(await test.figures()).toEqual({ rows: 2, revenue: 2 });
  });

  it('is too late for a cancel that comes while the rows go into the log', async () => {
    let cancelled: Promise<unknown> = Promise.resolve();
    await restart((stores) => ({
      ...stores,
      registry: {
        ...stores.registry,
        async activate(change) {
          cancelled = test.client.call('jobs.cancel', { jobId: change.record.jobId }).catch((error) => error);
          // Until the cancel is written down: it must not win over what is being done.
          while (!(await stores.jobs.get(change.record.jobId))?.cancelRequested) await Promise.resolve();
          return stores.registry.activate(change);
        },
      },
    }));
    const jobId = await start(await test.file('march.csv', MARCH));
    await test.engine.settled();
    expect(await cancelled).toMatchObject({ code: 'jobs.too_late' });
    expect(await test.client.call('jobs.get', { jobId })).toMatchObject({
      state: 'done',
      ledger: { balanced: true },
    });
    expect((await test.figures()).rows).toBe(3);
  });

  it.each([
    ['imports.parquet_differs', (totals: string) => ({ totals, rows: 0 })],
    ['imports.counts_differ', () => ({ totals: null, rows: 1 })],
  ])('accepts nothing when the reader and the Parquet disagree: %s', async (code, change) => {
    hooks.changeReport = (report) => {
      const { totals, rows } = change('350.76');
      return {
        ...report,
        totals: totals === null ? report.totals : { ...report.totals, grossRevenue: totals },
        rowsRead: report.rowsRead + rows,
      };
    };
    const [job] = await test.importFiles([await test.file('march.csv', MARCH)]);
    expect(job).toMatchObject({ state: 'failed', error: { code } });
    expect((await test.client.call('history.list', {})).entries).toEqual([]);
    expect((await test.figures()).rows).toBe(0);
  });

  it('fails a job whose ledger does not balance, and says where', async () => {
    hooks.changeReport = (report) => ({ ...report, rejectsPath: report.skippedPath });
    const path = await test.file('march.csv', [...MARCH, '2024-03-01,Kisumu,what,']);
    const [job] = await test.importFiles([path], { maxRejectsPercent: 100 });
    expect(job).toMatchObject({
      state: 'failed',
      error: {
        code: 'imports.ledger_unbalanced',
        details: { check: 'Rows rejected = rejected rows with a location', expected: '1', actual: '0' },
      },
    });
  });

  it('asks again when the overlaps are others than those that were decided on', async () => {
    await test.importFiles([await test.file('first.csv', ['2024-03-01,Nairobi,1,'])]);
    const [asked] = await test.importFiles([await test.file('second.csv', ['2024-03-01,Nairobi,2,'])]);
    expect(asked?.state).toBe('review-needed');
    await test.importFiles([await test.file('third.csv', ['2024-03-01,Nairobi,4,'])], { onOverlap: 'keep' });
    const jobId = asked?.jobId ?? '';
    await test.client.call('jobs.accept', { jobId, onOverlap: 'replace' });
    await test.engine.settled();
    const again = await test.client.call('jobs.get', { jobId });
    expect(again.state).toBe('review-needed');
    expect(again.review).toMatchObject([
      { overlaps: [{ fileName: 'first.csv' }, { fileName: 'third.csv' }] },
    ]);
    expect(await test.figures()).toEqual({ rows: 2, revenue: 5 });
    await test.client.call('jobs.accept', { jobId, onOverlap: 'replace' });
    await test.engine.settled();
    expect(await test.figures()).toEqual({ rows: 1, revenue: 2 });
  });

  it('lets the later file of a drop replace the earlier one, whichever is read first', async () => {
    const held = gate();
    hooks.beforeValidate = async (fileName) => {
      if (fileName === 'late.csv') held.open();
      else await held.opened;
    };
    const early = await test.file('early.csv', ['2024-03-01,Nairobi,1,', '2024-03-02,Nairobi,10,']);
    const late = await test.file('late.csv', ['2024-03-01,Nairobi,2,']);
    const jobs = await test.importFiles([early, late], { onOverlap: 'replace' });
    expect(jobs.map((job) => job.state)).toEqual(['done', 'done']);
    const { entries } = await test.client.call('history.list', {});
    expect(entries.map((entry) => entry.fileName)).toEqual(['late.csv', 'early.csv']);
    expect(await test.figures()).toEqual({ rows: 2, revenue: 12 });
  });

  it('takes uploads, keeps their bytes until their import is done, and knows none after that', async () => {
    const bytes = await readFile(await test.file('march.csv', MARCH));
    const stream = async function* () {
      yield new Uint8Array(bytes);
      return Promise.resolve();
    };
    const upload = () =>
      test.engine.stageUpload(stream(), { fileName: 'C:\\Sales\\march.csv', sizeBytes: null });
    const [one, two] = [await upload(), await upload()];
    await test.client.call('imports.start', { files: [{ kind: 'upload', uploadId: one.uploadId }] });
    await test.engine.settled();
    const { jobIds } = await test.client.call('imports.start', {
      files: [{ kind: 'upload', uploadId: two.uploadId }],
    });
    await test.engine.settled();
    expect(await test.client.call('jobs.get', { jobId: jobIds[0] ?? '' })).toMatchObject({
      state: 'done',
      fileName: 'march.csv',
      duplicateOf: { fileName: 'march.csv' },
    });
    expect(await namesIn('staging')).toEqual([]);
    await expect(
      test.client.call('imports.start', { files: [{ kind: 'upload', uploadId: one.uploadId }] }),
    ).rejects.toThrow('imports.upload_unknown');
  });

  it('asks for a mapping when the columns are ambiguous, and remembers the answer', async () => {
    const ambiguous = ['Ambiguous'];
    const { writeFile } = await import('node:fs/promises');
    const path = join(test.home, 'odd.csv');
    await writeFile(path, `${[...ambiguous, ...MARCH].join('\n')}\n`);
    const [job] = await test.importFiles([path]);
    expect(job?.state).toBe('mapping-needed');
    const jobId = job?.jobId ?? '';
    const shown = await test.client.call('jobs.inspection', { jobId });
    expect(shown).toMatchObject({ missing: ['__time'], remembered: false });
    await expect(
      test.client.call('jobs.map', { jobId, table: 0, mapping: { version: 1, fields: {} } }),
    ).rejects.toThrow('mapping.incomplete');
    const mapping = {
      ...shown.mapping,
      fields: {
        ...shown.mapping.fields,
        __time: { kind: 'column' as const, column: 0, header: 'Date', dateOrder: 'iso' as const },
      },
    };
    await test.client.call('jobs.map', { jobId, table: 0, mapping });
    await test.engine.settled();
    expect((await test.client.call('jobs.get', { jobId })).state).toBe('done');
    const next = join(test.home, 'odd too.csv');
    await writeFile(next, `${[...ambiguous, '2024-07-01,Nairobi,5,'].join('\n')}\n`);
    const [second] = await test.importFiles([next]);
    expect(second?.state).toBe('done');
    expect((await test.figures()).rows).toBe(4);
  });

  it('writes rejected rows so that nothing in them runs as a formula', async () => {
    const lines = ['2024-03-03,=1+1,what,', '2024-03-04,"a,b,x', '2024-03-01,Nairobi,1,'];
    const [job] = await test.importFiles([await test.file('bad.csv', lines)], { maxRejectsPercent: 100 });
    const jobId = job?.jobId ?? '';
    const path = join(test.home, 'rejects.csv');
    expect(await test.client.call('jobs.export-rejects', { jobId, path })).toMatchObject({ path, rows: 2 });
    const text = await readFile(path, 'utf8');
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      '\uFEFFDate,Branch,Gross revenue,Total cost,Row in file,Why it was rejected',
      `2024-03-03,'=1+1,what,,2,Gross revenue: This is not a number.`,
    ]);
    const book = await test.client.call('jobs.export-rejects', { jobId });
    const download = await test.engine.download(book.downloadId);
    expect(download).toMatchObject({ path: book.path, fileName: 'bad.rejects.xlsx' });
    const xlsx = await import('@e965/xlsx');
    const sheet = xlsx.read(await readFile(book.path)).Sheets['Rejected rows'];
    expect(sheet?.['B2']).toMatchObject({ t: 's', v: '=1+1' });
    expect(sheet?.['A3']).toMatchObject({ t: 's', v: '2024-03-04' });
    expect(await test.engine.download('unknown')).toBeNull();
  });
});
