import { compareCodePoints, compareRows } from '#shared/domain/metrics/row-order';
import type { AnalyticsEngine, DataExtent } from '../../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import { verifyRows } from './check-rows.ts';
import { day, integer, text, type Ask } from './druid-sql.ts';
import type { Datasource } from './query-runner.ts';
import { BoundValues, chunksOf, quoteName, sourceSql, timeSql } from './source-sql.ts';

type ValuesRequest = Parameters<AnalyticsEngine['values']>[0];
type ValuesAnswer = Awaited<ReturnType<AnalyticsEngine['values']>>;

/** Distinct values of a dimension, most rows first, then by text; blanks are a value unless something is searched for. */
export async function readValues(
  ask: Ask,
  datasource: Datasource,
  request: ValuesRequest,
  chunks: readonly PublishedChunk[],
): Promise<ValuesAnswer> {
  const { dimension, search, period, filters, limit } = request;
  const read = chunksOf(chunks, period);
  if (read.length === 0) return { values: [], total: 0 };
  const columns = await datasource.facts.columns(chunks);
  const bound = new BoundValues();
  const searched = search === '' ? [] : [{ dimension, op: 'contains' as const, text: search }];
  const source = sourceSql(
    {
      datasource: datasource.name,
      chunks,
      period,
      filters: [...filters, ...searched],
      hasColumn: (name) => columns.has(name),
    },
    bound,
  );
  if (source === null) return { values: [], total: 0 };
  const isKnown = columns.has(dimension);
  const sql = isKnown
    ? `SELECT ${quoteName(dimension)}, COUNT(*) ${source} GROUP BY 1`
    : `SELECT NULL, COUNT(*) ${source}`;
  const found = await ask(bound.statement(sql));
  await verifyRows(ask, datasource.name, read);
  const rows = found
    .map(([value, count]): [string | null, number] => [text(value), Number(integer(count))])
    .filter(([, count]) => count > 0)
    .sort(compareRows(MOST_FIRST));
  return {
    values: rows.slice(0, limit).map(([value, count]) => ({ value, rows: count })),
    total: rows.length,
  };
}

const MOST_FIRST = [
  { index: 1, direction: 'desc' },
  { index: 0, direction: 'asc' },
] as const;

/** What days and branches the data covers. The newest month is that of the newest chunk; rows are those published. */
export async function readExtent(
  ask: Ask,
  datasource: Datasource,
  chunks: readonly PublishedChunk[],
): Promise<DataExtent> {
  const ordered = [...chunks].sort((a, b) => (a.chunk < b.chunk ? -1 : 1));
  const [oldest, newest] = [ordered[0], ordered.at(-1)];
  if (!oldest || !newest) return { rows: 0, from: null, to: null, branches: [], branchesInNewestMonth: [] };
  const columns = await datasource.facts.columns(chunks);
  const select = (list: string, some: readonly PublishedChunk[]) =>
    ask({
      sql: `SELECT ${list} FROM ${quoteName(datasource.name)} WHERE ${timeSql(some, null)}`,
      values: [],
    });
  const edge = async (list: string, chunk: PublishedChunk) => (await select(list, [chunk]))[0]?.[0];
  const branches = async (some: readonly PublishedChunk[]) => {
    if (!columns.has('Branch')) return [];
    const rows = await select('DISTINCT "Branch"', some);
    return rows.flatMap(([branch]) => text(branch) ?? []).sort(compareCodePoints);
  };
  const [from, to, all, inNewest] = await Promise.all([
    edge('MIN("__time")', oldest),
    edge('MAX("__time")', newest),
    branches(ordered),
    branches([newest]),
  ]);
  // Before the edges are read: a month that Druid does not have at the moment has none.
  await verifyRows(ask, datasource.name, chunks);
  return {
    rows: chunks.reduce((rows, chunk) => rows + chunk.rows, 0),
    from: day(from),
    to: day(to),
    branches: all,
    branchesInNewestMonth: inNewest,
  };
}
