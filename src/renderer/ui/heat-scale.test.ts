import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakDecimals,
  changeScale,
  heatClass,
  heatStep,
  niceNumber,
  sequentialScale,
} from './heat-scale.ts';

describe('breaks of the heatmap', () => {
  it('are round numbers', () => {
    expect([263.1, 0.0187, 98, 41.7].map(niceNumber)).toEqual([250, 0.02, 100, 40]);
    expect(niceNumber(0)).toBe(0);
  });

  it('follow the quantiles, so that one large cell does not wash out the rest', () => {
    const scale = sequentialScale([7, 12, 16, 21, 24, 36, 39, 44, 51, 62, 99, 151, 5_000]);
    expect(new Set([7, 24, 51, 151].map((value) => heatStep(scale, value))).size).toBe(4);
  });

  it('ascend strictly and colour larger values at least as strongly', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e9, noNaN: true }), { maxLength: 60 }), (values) => {
        const scale = sequentialScale(values);
        expect([...scale.breaks]).toEqual([...new Set(scale.breaks)].sort((a, b) => a - b));
        const steps = [...values].sort((a, b) => a - b).map((value) => heatStep(scale, value));
        expect(steps).toEqual([...steps].sort((a, b) => a - b));
        expect(steps.every((step) => step >= 0 && step <= 7)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('stand equal or missing values', () => {
    expect(sequentialScale([]).breaks).toEqual([]);
    expect(sequentialScale([null, 5, 5, 5]).breaks).toEqual([]);
    expect(heatClass(sequentialScale([5, 5]), 5)).toBe('q3');
  });

  it('are printed so that no two look the same', () => {
    expect(breakDecimals([12, 20, 35])).toBe(0);
    expect(breakDecimals([0.2, 0.25, 0.3])).toBe(2);
    expect(breakDecimals([])).toBe(0);
  });

  it('tell about-equal from better and worse', () => {
    const scale = changeScale();
    expect([-0.5, -0.15, -0.05, 0, 0.05, 0.15, 0.5].map((value) => heatClass(scale, value))).toEqual([
      'd0',
      'd1',
      'd2',
      'd3',
      'd4',
      'd5',
      'd6',
    ]);
  });
});
