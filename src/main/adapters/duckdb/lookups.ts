import { DuckDBDateValue, type DuckDBConnection } from '@duckdb/node-api';
import { dayOf } from '#shared/domain/periods';
import type { AnalyticsEngine, DataExtent } from '../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { readRows } from './locked-database.ts';
import { BoundValues, filesSql, filterSql, sourceSql } from './query-sql.ts';
import { quoteName } from './sql-text.ts';

type ValuesRequest = Parameters<AnalyticsEngine['values']>[0];

/** Distinct values of a dimension, most rows first, then by text; blanks are a value unless something is searched for. */
export async function readValues(
  connection: DuckDBConnection,
  request: ValuesRequest,
  chunks: readonly PublishedChunk[],
): Promise<{ values: { value: string | null; rows: number }[]; total: number }> {
  const bound = new BoundValues();
  const { dimension, search, period, filters } = request;
  const source = sourceSql({ chunks, period, filters, columns: new Set([dimension]) }, bound);
  // Searched after grouping: each text is looked at once, not once per row.
  const found = filterSql(search === '' ? [] : [{ dimension, op: 'contains', text: search }], bound);
  const rows = await readRows(
    connection,
    `SELECT ${quoteName(dimension)}, count(*), count(*) OVER () FROM ${source}
     GROUP BY 1 ${found && `HAVING ${found}`}
     ORDER BY 2 DESC, 1 ASC NULLS LAST LIMIT ${Math.trunc(request.limit)}`,
    bound.values,
    bound.types,
  );
  return {
    values: rows.map(([value, count]) => ({
      value: typeof value === 'string' ? value : null,
      rows: Number(count),
    })),
    total: Number(rows[0]?.[2] ?? 0),
  };
}

/** What days and branches the data covers. The newest month is that of the newest chunk; rows are those counted when built. */
export async function readExtent(
  connection: DuckDBConnection,
  chunks: readonly PublishedChunk[],
): Promise<DataExtent> {
  const ordered = [...chunks].sort((a, b) => (a.chunk < b.chunk ? -1 : 1));
  const [oldest, newest] = [ordered[0], ordered.at(-1)];
  if (!oldest || !newest) return { rows: 0, from: null, to: null, branches: [], branchesInNewestMonth: [] };
  const edge = async (sql: string, chunk: PublishedChunk) => {
    const rows = await readRows(connection, `SELECT CAST(${sql} AS DATE) FROM ${filesSql([chunk])}`);
    const value = rows[0]?.[0];
    return value instanceof DuckDBDateValue ? dayOf(value.days) : null;
  };
  const branches = async (files: readonly PublishedChunk[]) => {
    const sql = `SELECT DISTINCT "Branch" FROM ${filesSql(files)} WHERE "Branch" IS NOT NULL ORDER BY 1`;
    return (await readRows(connection, sql)).map(([branch]) => String(branch));
  };
  return {
    rows: chunks.reduce((rows, chunk) => rows + chunk.rows, 0),
    from: await edge('min("__time")', oldest),
    to: await edge('max("__time")', newest),
    branches: await branches(ordered),
    branchesInNewestMonth: await branches([newest]),
  };
}
