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
});
