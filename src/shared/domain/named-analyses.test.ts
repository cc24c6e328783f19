import { describe, expect, test } from 'vitest';
import { findMetric, METRICS } from './metrics/catalogue.ts';
import { findAnalysis, NAMED_ANALYSES, NAMED_ANALYSIS_IDS } from './named-analyses.ts';
import { querySchema, resultColumns } from './query.ts';

describe('named analyses', () => {
  test.each(Object.entries(NAMED_ANALYSES))(
    '%s is a valid query, with and without parameters',
    (_, analysis) => {
      const parameters = {
        period: { from: '2024-01-01', to: '2024-12-31' },
        filters: [{ dimension: 'Branch' as const, op: 'in' as const, values: ['Thika', null] }],
        compare: [],
        limit: 7,
        by: 'CardName' as const,
      };
      for (const given of [{}, parameters, { grain: 'month' as const }]) {
        const query = analysis.query(given);
        expect(querySchema.parse(query)).toEqual(query);
        expect(query.metrics.filter((name) => !findMetric(name))).toEqual([]);
        const columns = new Set(resultColumns(query).map(({ name }) => name));
        expect(query.sort.filter(({ column }) => !columns.has(column))).toEqual([]);
      }
      const query = analysis.query(parameters);
      expect([query.period, query.filters, query.limit]).toEqual([parameters.period, parameters.filters, 7]);
    },
  );
  test('together they show every metric of the catalogue but plain activity counts', () => {
    const shown = new Set(Object.values(NAMED_ANALYSES).flatMap((analysis) => analysis.query({}).metrics));
    expect(METRICS.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([
      'uniqueAccounts',
      'uniqueProductLines',
      'uniqueItemGroups',
    ]);
  });
  test('names of Object are unknown', () => {
    expect(findAnalysis('heatmap')).toBe(NAMED_ANALYSES.heatmap);
    expect(['__proto__', 'constructor', 'toString', ''].map(findAnalysis)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(NAMED_ANALYSIS_IDS).toContain('branch-growth');
  });
});
