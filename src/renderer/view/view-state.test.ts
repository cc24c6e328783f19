import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { parseAddress, printAddress } from './address.ts';
import {
  decodeView,
  DEFAULT_VIEW,
  encodeView,
  queryFilters,
  resolvePeriod,
  withFilter,
} from './view-state.ts';

const decode = (search: string) => decodeView(parseAddress(search));

describe('the view in the address', () => {
  it('reads a shared address', () => {
    const { view, unreadable } = decode(
      '?period=2026-01-01..2026-10-31&compare=previous-period&Branch=Kisumu&Branch=Nairobi+CBD&ProductLine=(blank)',
    );
    expect(unreadable).toEqual([]);
    expect(view).toEqual({
      period: { from: '2026-01-01', to: '2026-10-31' },
      compare: ['previous-period'],
      filters: { Branch: ['Kisumu', 'Nairobi CBD'], ProductLine: [null] },
    });
  });

  it('writes readable addresses and leaves defaults out', () => {
    expect(printAddress(encodeView(DEFAULT_VIEW))).toBe('');
    const view = withFilter({ ...DEFAULT_VIEW, period: { from: '2026-01-01', to: '2026-10-31' } }, 'Branch', [
      'Nairobi CBD',
    ]);
    expect(printAddress(encodeView(view))).toBe('?period=2026-01-01..2026-10-31&Branch=Nairobi+CBD');
    expect(printAddress(encodeView({ ...DEFAULT_VIEW, compare: [] }))).toBe('?compare=none');
  });

  it.each([
    ['period=2026-02-30..2026-03-01', 'period'],
    ['period=2026-03-01..2026-02-01', 'period'],
    ['period=2026-01-01..2026-02-01..2026-03-01', 'period'],
    ['period=forever', 'period'],
    ['compare=last-week', 'compare'],
  ])('says that it cannot read %s and uses the default', (search, name) => {
    const { view, unreadable } = decode(`?${search}`);
    expect(unreadable).toEqual([name]);
    expect(view).toEqual(DEFAULT_VIEW);
  });

  it('keeps the parameters of others and drops a filter that was emptied', () => {
    const params = parseAddress('?job=j1&Branch=Kisumu');
    const { view } = decodeView(params);
    expect(encodeView(withFilter(view, 'Branch', []), params)).toEqual({ job: 'j1' });
  });

  it('takes hostile names as data', () => {
    expect(decode('?__proto__=x&constructor=y').view).toEqual(DEFAULT_VIEW);
    expect(decode('?Branch=__proto__').view.filters.Branch).toEqual(['__proto__']);
  });

  it('reads back what it wrote', () => {
    const values = fc.uniqueArray(
      fc.oneof(
        fc.constant(null),
        fc.string({ unit: 'binary' }).filter((text) => text !== '(blank)'),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...DIMENSIONS), values, (dimension, list) => {
        // Lone surrogates cannot be in an address.
        fc.pre(list.every((text) => text === null || !/\p{Surrogate}/u.test(text)));
        const view = withFilter({ ...DEFAULT_VIEW, period: 'all-data' }, dimension, list);
        expect(decode(printAddress(encodeView(view))).view).toEqual(view);
      }),
      { numRuns: 200 },
    );
  });
});

describe('days and filters of a query', () => {
  it('ends the year to date with the newest month', () => {
    expect(resolvePeriod('year-to-date', '2026-10-24')).toEqual({ from: '2026-01-01', to: '2026-10-31' });
    expect(resolvePeriod('last-month', '2026-10-24')).toEqual({ from: '2026-09-01', to: '2026-09-30' });
    expect(resolvePeriod('all-data', '2026-10-24')).toBeNull();
    expect(resolvePeriod('year-to-date', null)).toBeNull();
  });

  it('makes one filter per dimension that has values', () => {
    const filters = { Branch: ['Kisumu', null], ItemName: [] };
    expect(queryFilters(filters)).toEqual([{ dimension: 'Branch', op: 'in', values: ['Kisumu', null] }]);
    expect(queryFilters(filters, 'Branch')).toEqual([]);
  });
});
