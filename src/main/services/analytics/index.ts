import type { Output, ParsedInput } from '#shared/contract/index';
import { resultColumns, type DataStatus, type Query, type QueryResult } from '#shared/domain/query';
import { toAppError, type AppError } from '#shared/errors/app-error';
import type { Manifest, ManifestReader } from '../publishing/ports.ts';
import { checkDimensions, checkPeriod, checkQuery, decidePeriods } from './check-query.ts';
import type { AnalyticsEngine, DataExtent } from './ports.ts';
import { createSharedWork } from './shared-work.ts';

export interface AnalyticsDependencies {
  readonly engine: AnalyticsEngine;
  readonly manifest: ManifestReader;
  /** Null while it cannot be known. */
  readonly importStats: () => Promise<Pick<DataStatus, 'rowsRead' | 'rowsRejected' | 'activeImports'>>;
  /** Milliseconds; only differences are used. */
  readonly now: () => number;
  /** A status for watchers that could not be had; the next change tries again. */
  readonly onError: (error: AppError) => void;
}

type ValuesRequest = ParsedInput<'analytics.values'>;
type ValuesAnswer = Output<'analytics.values'>;

/**
 * Answers questions to the data. Every question reads exactly one manifest; equal questions in flight are asked once,
 * and answers are kept until the data version moves. Errors: `analytics.unknown_metric`, `analytics.unknown_column`,
 * `analytics.bad_period`, `app.cancelled`, and those of the engine.
 */
export interface AnalyticsService {
  query(input: Query, signal?: AbortSignal): Promise<QueryResult>;
  values(input: ValuesRequest, signal?: AbortSignal): Promise<ValuesAnswer>;
  status(): Promise<DataStatus>;
  /** Emits the status now and whenever data, imports or publishing change; answers how to stop. */
  watch(emit: (status: DataStatus) => void): () => void;
  /** Aborts what runs and stops watching. The engine belongs to its creator. */
  close(): void;
}

/** Answers kept are worth about this many cells. */
const MAX_KEPT_CELLS = 1_000_000;

export function createAnalyticsService(dependencies: AnalyticsDependencies): AnalyticsService {
  const { engine, manifest, importStats, now, onError } = dependencies;
  const answers = createSharedWork<QueryResult>(
    ({ rows, columns }) => 20 + rows.length * columns.length,
    MAX_KEPT_CELLS,
  );
  const values = createSharedWork<ValuesAnswer>((answer) => 20 + 2 * answer.values.length, MAX_KEPT_CELLS);
  const extents = createSharedWork<DataExtent>(() => 1, 8);
  const stops = new Set<() => void>();
  const stopForgetting = manifest.onChange(() => {
    answers.forget();
    values.forget();
    extents.forget();
  });

  /** Work on one manifest, whose files stay on disk meanwhile. */
  const holding = async <T>(held: Manifest, work: () => Promise<T>): Promise<T> => {
    const release = manifest.retain(held);
    try {
      return await work();
    } finally {
      release();
    }
  };

  const extentOf = (held: Manifest, signal?: AbortSignal): Promise<DataExtent> =>
    extents.run(String(held.dataVersion), signal, () => holding(held, () => engine.extent(held.chunks)));

  const compute = async (input: Query, held: Manifest, signal: AbortSignal): Promise<QueryResult> => {
    const { period, comparisonPeriods, engine: periods } = decidePeriods(input, await extentOf(held, signal));
    const answer = await engine.query(
      { ...input, ...periods, grain: input.grain ?? null },
      held.chunks,
      signal,
    );
    return {
      columns: resultColumns(input),
      rows: answer.rows.map((row) => [...row]),
      totals: answer.totals && [...answer.totals],
      period,
      comparisonPeriods,
      coverage: { ...answer.coverage },
      dataVersion: held.dataVersion,
      engine: engine.name,
      rowCount: answer.rowCount,
      truncated: answer.rowCount > answer.rows.length,
      elapsedMs: 0,
    };
  };

  const status = async (): Promise<DataStatus> => {
    const held = manifest.current();
    const [extent, stats] = await Promise.all([extentOf(held), importStats()]);
    return {
      dataVersion: held.dataVersion,
      publishing: manifest.isPublishing(),
      rows: extent.rows,
      from: extent.from,
      to: extent.to,
      branches: [...extent.branches],
      branchesInNewestMonth: [...extent.branchesInNewestMonth],
      ...stats,
    };
  };

  return {
    async query(input, signal) {
      const startedAt = now();
      checkQuery(input);
      const held = manifest.current();
      const key = `${held.dataVersion} ${JSON.stringify(normalised(input))}`;
      const answer = await answers.run(key, signal, (shared) =>
        holding(held, () => compute(input, held, shared)),
      );
      return { ...answer, elapsedMs: now() - startedAt };
    },

    async values(input, signal) {
      checkDimensions([input.dimension, ...input.filters.map(({ dimension }) => dimension)]);
      checkPeriod(input.period);
      const held = manifest.current();
      const request = { ...input, period: input.period ?? null };
      const key = `${held.dataVersion} ${JSON.stringify(request)}`;
      return values.run(key, signal, (shared) =>
        holding(held, () => engine.values(request, held.chunks, shared)),
      );
    },

    status,

    watch(emit) {
      let stopped = false;
      let busy = false;
      let again = false;
      const send = async (): Promise<void> => {
        if (busy) {
          again = true;
          return;
        }
        busy = true;
        try {
          const current = await status();
          if (!stopped) emit(current);
        } catch (error) {
          if (!stopped) onError(toAppError(error));
        }
        busy = false;
        if (!again || stopped) return;
        again = false;
        await send();
      };
      const unsubscribe = manifest.onChange(() => void send());
      const stop = () => {
        stopped = true;
        unsubscribe();
        stops.delete(stop);
      };
      stops.add(stop);
      void send();
      return stop;
    },

    close() {
      for (const stop of stops) stop();
      stopForgetting();
      answers.close();
      values.close();
      extents.close();
    },
  };
}

/** The same question in the same words, whatever order its fields came in. */
const normalised = (query: Query) => [
  query.metrics,
  query.dimensions,
  query.period ? [query.period.from, query.period.to] : null,
  query.filters.map((filter) => [
    filter.dimension,
    filter.op,
    filter.op === 'contains' ? filter.text : filter.values,
  ]),
  query.grain ?? null,
  query.compare,
  query.sort.map(({ column, direction }) => [column, direction]),
  query.limit,
  query.totals,
];
