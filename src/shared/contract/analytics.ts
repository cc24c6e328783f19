import { z } from 'zod';
import {
  dataStatusSchema,
  dimensionSchema,
  filterSchema,
  periodSchema,
  querySchema,
  queryResultSchema,
} from '../domain/query.ts';
import { defineQuery, defineStream } from '../rpc/define.ts';

const queryErrors = [
  'analytics.unknown_metric',
  'analytics.unknown_column',
  'analytics.bad_period',
  'analytics.engine_failed',
];

export const analyticsContract = {
  'analytics.query': defineQuery({ input: querySchema, output: queryResultSchema, errors: queryErrors }),
  /** Distinct values of a dimension with their row counts, most rows first; for filters. */
  'analytics.values': defineQuery({
    input: z.strictObject({
      dimension: dimensionSchema,
      search: z.string().max(200).default(''),
      period: periodSchema.optional(),
      filters: z.array(filterSchema).max(50).default([]),
      limit: z.number().int().min(1).max(1_000).default(200),
    }),
    output: z.object({
      values: z.array(z.object({ value: z.string().nullable(), rows: z.number().int() })),
      total: z.number().int(),
    }),
    errors: queryErrors,
  }),
  'analytics.status': defineQuery({ input: z.strictObject({}), output: dataStatusSchema }),
  /** The data status now, and again whenever it changes: open pages refresh in place. */
  'analytics.watch': defineStream({ input: z.strictObject({}), output: dataStatusSchema }),
};
