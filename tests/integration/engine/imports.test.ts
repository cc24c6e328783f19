import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeHome, startTestEngine, type TestEngine } from './engine.fixture.ts';

const MARCH = ['2024-03-01,Nairobi,100.50,60', '2024-03-02,Mombasa,200.25,', '2024-04-01,Nairobi,50,20'];

describe('an import', () => {
  let test: TestEngine;
  beforeEach(async () => {
    test = await startTestEngine();
  });
  afterEach(async () => {
    await test.close();
    await removeHome(test.home);
  });

  it('becomes figures, with a balanced ledger and every step on record', async () => {
    const [job] = await test.importFiles([await test.file('march.csv', [...MARCH, 'Total,,350.75,80'])]);
    expect(job).toMatchObject({
      state: 'done',
      error: null,
      rowsRead: 4,
      rowsAccepted: 3,
      rowsSkipped: 1,
      chunks: ['2024-03', '2024-04'],
      totals: { grossRevenue: '350.75', totalCost: '80', unitsSold: null },
    });
    expect(job?.ledger?.balanced).toBe(true);
    expect(job?.steps.map((step) => [step.step, step.state])).toEqual(
      ['stage', 'inspect', 'map', 'validate', 'accept', 'upload', 'publish', 'reconcile'].map((step) => [
        step,
        'done',
      ]),
    );
    expect(await test.figures()).toEqual({ rows: 3, revenue: 350.75 });
  });

  it('counts the same bytes once: in one drop, under another name, and again later', async () => {
    const one = await test.file('march.csv', MARCH);
    const two = await test.file('copy of march.csv', MARCH);
    const jobs = await test.importFiles([one, two, one]);
    expect(jobs.map((job) => job.state)).toEqual(['done', 'done', 'done']);
    expect(jobs.filter((job) => job.duplicateOf === null)).toHaveLength(1);
    const [later] = await test.importFiles([two]);
    expect(later?.duplicateOf?.fileName).toMatch(/march\.csv$/);
    expect(await test.figures()).toEqual({ rows: 3, revenue: 350.75 });
  });

  it('accepts nothing whose control totals differ, whoever asks', async () => {
    const path = await test.file('march.csv', MARCH);
    const [asked] = await test.importFiles([path], { controlRows: 3, controlRevenue: '350.76' });
    expect(asked).toMatchObject({ state: 'review-needed', review: [{ kind: 'control-totals' }] });
    const jobId = asked?.jobId ?? '';
    await expect(test.client.call('jobs.accept', { jobId })).rejects.toMatchObject({
      code: 'jobs.control_totals_differ',
      details: { problems: expect.stringContaining('350.76 declared, 350.75 found') },
    });
    expect(await test.figures()).toEqual({ rows: 0, revenue: null });
    const [met] = await test.importFiles([path], { controlRows: 3, controlRevenue: '350.75' });
    expect(met?.state).toBe('done');
  });

  it('asks about overlapping branch-days, and does what is answered', async () => {
    await test.importFiles([await test.file('first.csv', MARCH)]);
    const second = await test.file('second.csv', [
      '2024-03-01,Nairobi,100.50,60',
      '2024-03-01,Nairobi,7,',
      '2024-03-05,Nairobi,1000,',
    ]);
    const [asked] = await test.importFiles([second]);
    expect(asked?.state).toBe('review-needed');
    expect(asked?.review).toEqual([
      {
        kind: 'overlap',
        overlaps: [
          expect.objectContaining({
            fileName: 'first.csv',
            branchDays: 1,
            rows: 2,
            equalRows: 1,
            otherRows: 1,
            branches: ['Nairobi'],
            from: '2024-03-01',
            to: '2024-03-01',
          }),
        ],
      },
    ]);
    expect((await test.figures()).rows).toBe(3);
    const jobId = asked?.jobId ?? '';
    await expect(test.client.call('jobs.accept', { jobId })).rejects.toThrow('jobs.overlap_undecided');
    await test.client.call('jobs.accept', { jobId, onOverlap: 'skip' });
    await test.engine.settled();
    expect(await test.client.call('jobs.get', { jobId })).toMatchObject({
      state: 'done',
      ledger: { balanced: true },
    });
    expect(await test.figures()).toEqual({ rows: 4, revenue: 1350.75 });
  });

  it('replaces overlapping branch-days and leaves the other branch untouched; undo in any order brings all back', async () => {
    await test.importFiles([await test.file('first.csv', MARCH)]);
    const nairobi = await test.file('nairobi.csv', ['2024-03-01,Nairobi,1,', '2024-04-01,Nairobi,2,']);
    const [second] = await test.importFiles([nairobi], { onOverlap: 'replace' });
    expect(await test.figures()).toEqual({ rows: 3, revenue: 203.25 });
    const third = await test.file('third.csv', ['2024-03-01,Nairobi,10,']);
    const [last] = await test.importFiles([third], { onOverlap: 'keep' });
    expect(await test.figures()).toEqual({ rows: 4, revenue: 213.25 });

    const preview = await test.client.call('history.preview-undo', { importId: second?.importId ?? '' });
    expect(preview).toMatchObject({ rowsBefore: 4, rowsAfter: 4, chunks: ['2024-03', '2024-04'] });
    expect(preview.after.grossRevenue).toBe('360.75');
    await test.client.call('history.undo', { importId: second?.importId ?? '' });
    expect(await test.figures()).toEqual({ rows: 4, revenue: 360.75 });
    await test.client.call('history.undo', { importId: last?.importId ?? '' });
    expect(await test.figures()).toEqual({ rows: 3, revenue: 350.75 });
    expect((await test.client.call('jobs.get', { jobId: second?.jobId ?? '' })).state).toBe('undone');
    await expect(test.client.call('history.undo', { importId: last?.importId ?? '' })).rejects.toThrow(
      'history.not_active',
    );

    await test.client.call('history.reactivate', { importId: second?.importId ?? '', onOverlap: 'replace' });
    expect(await test.figures()).toEqual({ rows: 3, revenue: 203.25 });
    const { entries } = await test.client.call('history.list', {});
    expect(entries.map((entry) => [entry.fileName, entry.undoneAt === null, entry.rowsInEffect])).toEqual([
      ['nairobi.csv', true, 2],
      ['third.csv', false, 0],
      ['nairobi.csv', false, 0],
      ['first.csv', true, 1],
    ]);
  });

  it('takes a corrected file in place of the first as a whole, also where it moves rows to another month', async () => {
    const [first] = await test.importFiles([await test.file('first.csv', MARCH)]);
    const corrected = await test.file('corrected.csv', [
      '2024-03-01,Nairobi,100.50,60',
      '2024-05-02,Mombasa,200.25,',
    ]);
    const [second] = await test.importFiles([corrected], { supersedes: [first?.importId ?? ''] });
    expect(second).toMatchObject({ state: 'done', ledger: { balanced: true } });
    expect(await test.figures()).toEqual({ rows: 2, revenue: 300.75 });
    const [again] = await test.importFiles([await test.file('again.csv', MARCH)]);
    expect(again).toMatchObject({ state: 'failed', error: { code: 'imports.duplicate_superseded' } });
    await test.client.call('history.undo', { importId: second?.importId ?? '' });
    expect(await test.figures()).toEqual({ rows: 3, revenue: 350.75 });
    // Counted again, it stands in the place of the first again: both together would count twice.
    await test.client.call('history.reactivate', { importId: second?.importId ?? '' });
    expect(await test.figures()).toEqual({ rows: 2, revenue: 300.75 });
  });

  it('holds a file whose control totals or rejects are not as promised, and counts nothing meanwhile', async () => {
    const path = await test.file('bad.csv', [...MARCH, '2024-03-03,Kisumu,what,', '2024-03-03,Kisumu,=1+1,']);
    const [job] = await test.importFiles([path], { controlRows: 4, controlRevenue: '350.750' });
    expect(job?.state).toBe('review-needed');
    expect(job?.review).toEqual([
      { kind: 'rejects-over-limit', percent: 40, limitPercent: 0.2 },
      {
        kind: 'control-totals',
        lines: [
          { check: 'Rows accepted', expected: '4', actual: '3', balanced: false },
          { check: 'Gross revenue accepted', expected: '350.75', actual: '350.75', balanced: true },
        ],
      },
    ]);
    expect((await test.figures()).rows).toBe(0);
    const jobId = job?.jobId ?? '';
    const findings = await test.client.call('jobs.findings', { jobId, offset: 1, limit: 1 });
    expect(findings).toMatchObject({ total: 2, listed: 2, findings: [{ row: 6, value: '=1+1' }] });
    const rejects = await test.client.call('jobs.rejects', { jobId, limit: 1 });
    expect(rejects).toMatchObject({ total: 2, rows: [{ row: 5 }] });
    await expect(test.client.call('jobs.accept', { jobId })).rejects.toMatchObject({
      code: 'jobs.control_totals_differ',
    });
    await test.client.call('jobs.cancel', { jobId });
    const [right] = await test.importFiles([path], { controlRows: 3, controlRevenue: '350.75' });
    expect(right?.review.map(({ kind }) => kind)).toEqual(['rejects-over-limit']);
    await test.client.call('jobs.accept', { jobId: right?.jobId ?? '' });
    await test.engine.settled();
    expect(await test.client.call('jobs.get', { jobId: right?.jobId ?? '' })).toMatchObject({
      state: 'done',
      ledger: { balanced: true },
    });
  });

  it('never ends with no rows in silence', async () => {
    const [job] = await test.importFiles([await test.file('bad.csv', ['2024-03-03,Kisumu,what,'])]);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'imports.no_good_rows' }, rowsRejected: 1 });
    const { entries } = await test.client.call('history.list', {});
    expect(entries).toEqual([]);
  });

  it('finds everything in order, and names what was altered', async () => {
    const [job] = await test.importFiles([await test.file('march.csv', MARCH)]);
    const healthy = await test.client.call('app.doctor', {});
    expect(healthy.checks.filter((check) => check.status !== 'ok')).toEqual([]);
    const { readdir, writeFile } = await import('node:fs/promises');
    const folder = `${test.home}/objects/raw/sales_analytics`;
    const [name = ''] = await readdir(folder);
    await writeFile(`${folder}/${name}`, 'altered');
    const ill = await test.client.call('app.doctor', {});
    expect(ill.checks.filter((check) => check.status === 'failed')).toMatchObject([
      { area: 'objects', name: job?.fileName },
    ]);
  });
});
