import type { Cell, Comparison, Filter, Grain, Period } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import type { PublishedChunk } from '../publishing/ports.ts';

/** A query whose names are checked and whose periods are decided; what an engine compiles to its own SQL. */
export interface EngineQuery {
  readonly metrics: readonly string[];
  readonly dimensions: readonly Dimension[];
  readonly period: Period | null;
  readonly comparisons: readonly { readonly comparison: Comparison; readonly period: Period }[];
  readonly grain: Grain | null;
  readonly filters: readonly Filter[];
  /** Names of result columns. */
  readonly sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  readonly limit: number;
  readonly totals: boolean;
}

export interface EngineAnswer {
  /** In the order of the result columns of the contract (`Query` in src/shared/domain/query.ts). */
  readonly rows: readonly (readonly Cell[])[];
  readonly totals: readonly Cell[] | null;
  readonly rowCount: number;
  /** Per metric: share of revenue over which it could be computed, 0 to 1; only those below 1. */
  readonly coverage: Readonly<Record<string, number>>;
}

export interface DataExtent {
  readonly rows: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly branches: readonly string[];
  readonly branchesInNewestMonth: readonly string[];
}

/** An engine that answers from chunk files (DuckDB) or a datasource (Druid). Values are bound, never spliced. */
export interface AnalyticsEngine {
  readonly name: 'local' | 'druid';
  query(query: EngineQuery, chunks: readonly PublishedChunk[], signal: AbortSignal): Promise<EngineAnswer>;
  values(
    request: {
      dimension: Dimension;
      search: string;
      period: Period | null;
      filters: readonly Filter[];
      limit: number;
    },
    chunks: readonly PublishedChunk[],
    signal: AbortSignal,
  ): Promise<{ values: { value: string | null; rows: number }[]; total: number }>;
  extent(chunks: readonly PublishedChunk[]): Promise<DataExtent>;
}
