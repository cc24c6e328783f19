import { z } from 'zod';
import { DIMENSIONS } from './sales-schema.ts';

/** Calendar day `yyyy-mm-dd` of business wall-clock time. */
export const daySchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
/** Both ends are included. */
export const periodSchema = z.strictObject({ from: daySchema, to: daySchema });
export type Period = z.infer<typeof periodSchema>;

export const GRAINS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export const grainSchema = z.enum(GRAINS);
export type Grain = z.infer<typeof grainSchema>;

export const dimensionSchema = z.enum(DIMENSIONS);

/** Which rows count. `in` with null matches blanks. Values are bound, never spliced into SQL. */
export const filterSchema = z.discriminatedUnion('op', [
  z.strictObject({
    dimension: dimensionSchema,
    op: z.literal('in'),
    values: z.array(z.string().nullable()).min(1).max(10_000),
  }),
  z.strictObject({
    dimension: dimensionSchema,
    op: z.literal('not-in'),
    values: z.array(z.string().nullable()).min(1).max(10_000),
  }),
  z.strictObject({ dimension: dimensionSchema, op: z.literal('contains'), text: z.string().min(1).max(200) }),
]);
export type Filter = z.infer<typeof filterSchema>;

export const comparisonSchema = z.enum(['previous-period', 'same-period-last-year']);
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * One question to the data. Answered with exactly the columns asked for, in this order: dimensions, `time` when a
 * grain is set, metrics, and per comparison and metric `<metric>.<comparison>.previous|change|changePercent`.
 *
 * `time` is the first day `yyyy-mm-dd` of the bucket (weeks begin on Monday). `change` = current − previous;
 * `changePercent` = 100 × change ÷ |previous| (12.5 is +12.5 %), blank when the previous value is 0 or blank.
 */
export const querySchema = z.strictObject({
  metrics: z.array(z.string().min(1).max(100)).min(1).max(50),
  dimensions: z.array(dimensionSchema).max(6).default([]),
  /** Absent: all data. */
  period: periodSchema.optional(),
  filters: z.array(filterSchema).max(50).default([]),
  grain: grainSchema.optional(),
  compare: z.array(comparisonSchema).max(2).default([]),
  sort: z
    .array(
      z.strictObject({ column: z.string().max(200), direction: z.enum(['asc', 'desc']).default('desc') }),
    )
    .max(6)
    .default([]),
  limit: z.number().int().min(1).max(100_000).default(1_000),
  /** Adds one row of totals, recomputed over all rows (ratios are never summed). */
  totals: z.boolean().default(false),
});
export type Query = z.output<typeof querySchema>;
export type QueryInput = z.input<typeof querySchema>;

export const cellSchema = z.union([z.string(), z.number(), z.null()]);
export type Cell = z.infer<typeof cellSchema>;

export const COMPARISON_PARTS = ['previous', 'change', 'changePercent'] as const;

export const resultColumnSchema = z.object({
  /** `Branch`, `time`, `netSales`, `netSales.previous-period.change` … */
  name: z.string(),
  kind: z.enum(['dimension', 'time', 'metric', 'comparison']),
  metric: z.string().nullable(),
  comparison: comparisonSchema.nullable(),
  part: z.enum(COMPARISON_PARTS).nullable(),
});
export type ResultColumn = z.infer<typeof resultColumnSchema>;

export const queryResultSchema = z.object({
  columns: z.array(resultColumnSchema),
  rows: z.array(z.array(cellSchema)),
  totals: z.array(cellSchema).nullable(),
  /** The period that was really used; null when there is no data at all. */
  period: periodSchema.nullable(),
  comparisonPeriods: z.array(
    z.object({
      comparison: comparisonSchema,
      period: periodSchema,
      /**
       * True when the compared days begin in a month before the first one with data: what is there is only part of
       * them, so a change against them would be growth that never was. Screens leave such a change blank.
       */
      startsBeforeData: z.boolean(),
    }),
  ),
  /** Metrics whose inputs are missing in some rows: share of revenue that the figure covers, 0 to 1. */
  coverage: z.record(z.string(), z.number()),
  dataVersion: z.number().int(),
  engine: z.enum(['local', 'druid']),
  /** Rows before `limit`. */
  rowCount: z.number().int(),
  truncated: z.boolean(),
  elapsedMs: z.number(),
});
export type QueryResult = z.infer<typeof queryResultSchema>;

/** What is known about the data behind every figure: the trust badge. */
export const dataStatusSchema = z.object({
  dataVersion: z.number().int(),
  /** True while accepted imports are not yet in the engine. */
  publishing: z.boolean(),
  rows: z.number().int(),
  from: daySchema.nullable(),
  to: daySchema.nullable(),
  /** Branches with rows in the newest month, and all branches known. */
  branchesInNewestMonth: z.array(z.string()),
  branches: z.array(z.string()),
  /** Of the imports that count; null while the registry that knows them is away. */
  rowsRejected: z.number().int().nullable(),
  rowsRead: z.number().int().nullable(),
  activeImports: z.number().int().nullable(),
});
export type DataStatus = z.infer<typeof dataStatusSchema>;

/** The columns of the answer to a query, in order. */
export function resultColumns(query: {
  readonly dimensions: readonly string[];
  readonly grain?: Grain | null | undefined;
  readonly metrics: readonly string[];
  readonly compare: readonly Comparison[];
}): ResultColumn[] {
  const plain = { metric: null, comparison: null, part: null };
  return [
    ...query.dimensions.map((name) => ({ ...plain, name, kind: 'dimension' as const })),
    ...(query.grain ? [{ ...plain, name: 'time', kind: 'time' as const }] : []),
    ...query.metrics.map((metric) => ({ ...plain, name: metric, kind: 'metric' as const, metric })),
    ...query.compare.flatMap((comparison) =>
      query.metrics.flatMap((metric) =>
        COMPARISON_PARTS.map((part) => ({
          name: `${metric}.${comparison}.${part}`,
          kind: 'comparison' as const,
          metric,
          comparison,
          part,
        })),
      ),
    ),
  ];
}
