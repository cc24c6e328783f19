import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPublished, type Published } from './published.fixture.ts';

describe('what published rows say to rules', () => {
  let published: Published;
  beforeAll(async () => {
    published = await openPublished();
  });
  afterAll(() => published.close());

  it('names over all months, sorted, up to one more than asked for', async () => {
    const chunks = await published.write([
      { time: '2024-02-29T23:59:59', Branch: 'Thika', grossRevenue: '1' },
      { time: '2024-03-01T00:00:00', Branch: 'Embu', grossRevenue: '1' },
      { time: '2024-03-01T00:00:00', Branch: 'Thika', grossRevenue: '1' },
      { time: '2024-03-01T00:00:00', Branch: 'Áé', grossRevenue: '1' },
    ]);
    expect(await published.engine.knownValues('Branch', chunks, 10)).toEqual(['Embu', 'Thika', 'Áé']);
    expect(await published.engine.knownValues('Branch', chunks, 1)).toEqual(['Embu', 'Thika']);
    expect(await published.engine.knownValues('CardName', chunks, 10)).toEqual([]);
    expect(await published.engine.knownValues('Branch', [], 10)).toEqual([]);
  });

  it('the amount that 99 of 100 rows do not exceed, without its sign', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      time: '2024-05-01T00:00:00',
      Branch: 'Thika',
      grossRevenue: String(index % 2 === 0 ? index : -index),
    }));
    const { rows: count, percentile } = await published.engine.usualAmount(
      'grossRevenue',
      await published.write(rows),
    );
    expect(count).toBe(1_000);
    expect(Number(percentile)).toBeGreaterThan(980);
    expect(Number(percentile)).toBeLessThanOrEqual(999);
    expect(await published.engine.usualAmount('totalCost', await published.write(rows))).toEqual({
      rows: 0,
      percentile: null,
    });
    expect(await published.engine.usualAmount('totalCost', [])).toEqual({ rows: 0, percentile: null });
  });
});
