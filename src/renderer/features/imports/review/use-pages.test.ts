import { describe, expect, it } from 'vitest';
import { pagesInSight } from './use-pages.ts';

describe('pagesInSight', () => {
  it.each([
    [0, 20, 10_000, [0, 1]],
    [190, 210, 10_000, [0, 1, 2]],
    [9990, 9999, 10_000, [48, 49]],
    [0, 5, 6, [0]],
  ])('rows %d to %d of %d → %j', (first, last, total, pages) => {
    expect(pagesInSight(first, last, total)).toEqual(pages);
  });
});
