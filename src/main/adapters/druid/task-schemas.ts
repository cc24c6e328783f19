import { z } from 'zod';

/** `GET /druid/indexer/v1/task/{id}/status` */
export const taskStatusSchema = z.object({
  status: z.object({
    id: z.string(),
    statusCode: z.enum(['RUNNING', 'SUCCESS', 'FAILED']),
    runnerStatusCode: z.string().nullish(),
    location: z.object({ host: z.string().nullish(), port: z.number() }).nullish(),
    dataSource: z.string().nullish(),
    /** Cut off at about 100 characters. */
    errorMsg: z.string().nullish(),
  }),
});
export type TaskStatus = z.infer<typeof taskStatusSchema>['status'];

const rowStatsSchema = z.object({
  processed: z.number(),
  processedWithError: z.number(),
  thrownAway: z.number(),
  unparseable: z.number(),
});
export type RowStats = z.infer<typeof rowStatsSchema>;

/**
 * `GET /druid/indexer/v1/task/{id}/reports`. A task that works in one slot counts rows under `buildSegments`, while it
 * runs under `totals.buildSegments`.
 */
export const taskReportSchema = z.object({
  ingestionStatsAndErrors: z.object({
    payload: z.object({
      rowStats: z
        .object({
          buildSegments: rowStatsSchema.nullish(),
          totals: z.object({ buildSegments: rowStatsSchema.nullish() }).nullish(),
        })
        .nullish(),
      errorMsg: z.string().nullish(),
    }),
  }),
});

/** `GET /druid/indexer/v1/tasks` */
export const taskListSchema = z.array(z.object({ id: z.string() }));

/** `GET /druid/indexer/v1/workers` */
export const workersSchema = z.array(
  z.object({
    worker: z.object({ host: z.string(), capacity: z.number() }),
    currCapacityUsed: z.number(),
  }),
);
