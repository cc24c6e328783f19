import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compilePattern } from '../../../src/main/adapters/patterns/compile-pattern.ts';
import { openPolarsWriter } from '../../../src/main/adapters/polars/canonical-parquet.ts';
import { openers } from '../../../src/main/parser/openers.ts';
import { createReadingService } from '../../../src/main/services/reading/index.ts';
import { DEFAULT_RULES, type Rule, type RuleCheck } from '../../../src/shared/domain/rules/rule-set.ts';
import { removeHome, startTestEngine, type TestEngine } from './engine.fixture.ts';

const reader = () => createReadingService({ openers, openWriter: openPolarsWriter, compilePattern });
const ruleOf = (id: string, severity: Rule['severity'], check: RuleCheck): Rule => ({
  id,
  name: `Rule ${id}`,
  severity,
  enabled: true,
  check,
});
const CAP: RuleCheck = { kind: 'range', field: 'grossRevenue', min: null, max: '1000' };

describe('rules of a company', () => {
  let test: TestEngine;
  beforeEach(async () => {
    test = await startTestEngine({ parser: reader() });
  });
  afterEach(async () => {
    await test.close();
    await removeHome(test.home);
  });

  const save = async (...rules: Rule[]) => {
    const { revision } = await test.client.call('rules.get', {});
    return test.client.call('rules.save', { ruleSet: { version: 1, rules }, revision });
  };
  const importLines = async (
    name: string,
    lines: readonly string[],
    options = { maxRejectsPercent: 100 },
  ) => {
    const [job] = await test.importFiles([await test.file(name, lines)], options);
    if (!job) throw new Error('no job');
    return job;
  };

  it('reject rows, or keep them with a warning, and the ledger balances', async () => {
    await save(
      ruleOf('cap', 'error', CAP),
      ruleOf('cost', 'warning', { kind: 'compare', left: 'totalCost', operator: '<', right: 'grossRevenue' }),
    );
    const job = await importLines('march.csv', [
      '2024-03-01,Nairobi,1000,60',
      '2024-03-02,Nairobi,1000.01,60',
      '2024-03-03,Nairobi,100,100',
    ]);
    expect(job).toMatchObject({ state: 'done', rowsRead: 3, rowsAccepted: 2, rowsRejected: 1 });
    expect(job.ledger?.balanced).toBe(true);
    expect(
      job.findings.map(({ code, severity, column, count, title }) => [code, severity, column, count, title]),
    ).toEqual([
      ['rule.cap', 'error', 'Gross revenue', 1, 'Rule cap'],
      ['rule.cost', 'warning', null, 1, 'Rule cost'],
    ]);
    expect(job.findings[0]?.explanation).toContain('must not be above 1000');
    const rejects = await test.client.call('jobs.rejects', { jobId: job.jobId });
    expect(rejects.rows.map(({ row, cells }) => [row, cells[2]])).toEqual([[3, '1000.01']]);
    expect(await test.figures()).toEqual({ rows: 2, revenue: 1_100 });
  });

  it('make another import of the same bytes only when they change what is accepted', async () => {
    const lines = ['2024-03-01,Nairobi,2000,60', '2024-03-02,Nairobi,10,5'];
    const first = await importLines('march.csv', lines);
    await save(ruleOf('cap', 'warning', CAP));
    expect((await importLines('march.csv', lines)).duplicateOf?.importId).toBe(first.importId);
    await save(ruleOf('cap', 'error', CAP));
    const strict = await importLines('march.csv', lines);
    expect(strict.importId).not.toBe(first.importId);
    // The day and branch are there already: a person decides, nothing is counted twice.
    expect(strict).toMatchObject({ state: 'review-needed', rowsRejected: 1 });
    expect(await test.figures()).toEqual({ rows: 2, revenue: 2_010 });
  });

  it('ask about a branch that looks like a known one, and take it as new when told so', async () => {
    await importLines('march.csv', ['2024-03-01,Kisumu,100,60', '2024-03-01,Nakuru,100,60']);
    const job = await importLines('april.csv', [
      '2024-04-01,Kisumu,1,',
      '2024-04-01,Kismu,2,',
      '2024-04-02,Kismu,3,',
      '2024-04-02,Eldoret,4,',
    ]);
    expect(job).toMatchObject({ state: 'review-needed', rowsAccepted: 4 });
    expect(job.review).toEqual([
      {
        kind: 'similar-values',
        values: [{ sheet: '', field: 'Branch', value: 'Kismu', similarTo: 'Kisumu', rows: 2 }],
      },
    ]);
    expect(job.findings).toMatchObject([{ code: 'rule.known-branch', severity: 'warning', count: 3 }]);
    expect((await test.figures()).rows).toBe(2);
    await test.client.call('jobs.accept', { jobId: job.jobId });
    await test.engine.settled();
    expect(await test.client.call('jobs.get', { jobId: job.jobId })).toMatchObject({ state: 'done' });
    expect((await test.figures()).rows).toBe(6);
    // Known from now on.
    const next = await importLines('may.csv', ['2024-05-01,Kismu,1,']);
    expect(next).toMatchObject({ state: 'done', findings: [] });
  });

  it('read a new spelling as the known name once told so, also in the next file with these columns', async () => {
    await importLines('march.csv', ['2024-03-01,Kisumu,100,60']);
    const job = await importLines('april.csv', [
      '2024-04-01,Kismu,2,1',
      '2024-04-02, Kismu ,3,1',
      '2024-04-02,Kisumu,4,1',
    ]);
    await test.client.call('jobs.read-as', {
      jobId: job.jobId,
      values: [{ field: 'Branch', found: 'Kismu', meant: 'Kisumu' }],
    });
    await test.engine.settled();
    const read = await test.client.call('jobs.get', { jobId: job.jobId });
    expect(read).toMatchObject({ state: 'done', rowsAccepted: 3 });
    expect(read.importId).not.toBe(job.importId);
    expect(read.findings).toMatchObject([
      {
        code: 'value.read_as',
        severity: 'info',
        column: 'Branch',
        count: 2,
        sample: [{ row: 2 }, { row: 3 }],
      },
    ]);
    const branches = await test.client.call('analytics.query', {
      metrics: ['totalRevenue'],
      dimensions: ['Branch'],
    });
    expect(branches.rows).toEqual([['Kisumu', 109]]);
    expect(await importLines('may.csv', ['2024-05-01,Kismu,1,1'])).toMatchObject({
      state: 'done',
      rowsAccepted: 1,
    });
    await expect(
      test.client.call('jobs.read-as', {
        jobId: job.jobId,
        values: [{ field: 'Branch', found: 'a', meant: 'b' }],
      }),
    ).rejects.toMatchObject({ code: 'jobs.wrong_state' });
  });

  it('warn of an amount far above the usual, once there is something to compare with', async () => {
    const days = Array.from(
      { length: 200 },
      (_, index) => `2024-03-${String((index % 28) + 1).padStart(2, '0')},Nairobi,${100 + index},`,
    );
    const first = await importLines('march.csv', [...days.slice(1), '2024-03-01,Nairobi,100000,']);
    expect(first.findings).toEqual([]);
    const second = await importLines('april.csv', ['2024-04-01,Nairobi,299,', '2024-04-01,Nairobi,2999999,']);
    expect(second).toMatchObject({ state: 'done', rowsAccepted: 2 });
    expect(second.findings).toMatchObject([
      { code: 'rule.unusual-revenue', severity: 'warning', count: 1, sample: [{ row: 3 }] },
    ]);
  });

  it('are kept with their version; a change on an old version is refused and changes nothing', async () => {
    expect(await test.client.call('rules.get', {})).toEqual({ revision: 0, ruleSet: DEFAULT_RULES });
    const one = await save(ruleOf('one', 'error', CAP));
    expect(one.revision).toBe(1);
    await expect(
      test.client.call('rules.save', { ruleSet: DEFAULT_RULES, revision: 0 }),
    ).rejects.toMatchObject({ code: 'rules.changed_elsewhere', details: { revision: 1 } });
    const bad = ruleOf('two', 'error', { kind: 'pattern', field: 'Branch', pattern: '(' });
    await expect(save(bad)).rejects.toMatchObject({ code: 'rules.invalid' });
    const { problems } = await test.client.call('rules.check', { ruleSet: { version: 1, rules: [bad] } });
    expect(problems).toMatchObject([{ ruleId: 'two', input: 'pattern' }]);
    await test.close();
    test = await startTestEngine({ home: test.home, parser: reader() });
    expect(await test.client.call('rules.get', {})).toEqual(one);
  });
});
