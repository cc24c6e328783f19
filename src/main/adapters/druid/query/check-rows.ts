import { AppError } from '#shared/errors/app-error';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import { integer, month, type Ask, type DruidValue } from './druid-sql.ts';
import { quoteName, timeSql } from './source-sql.ts';

/** The month of a row, as a column of an answer. */
export const MONTH = `TIME_FLOOR("__time", 'P1M')`;

/**
 * Druid answers from the segments that it can reach at the moment, and does not say when some are missing. So a
 * question is only answered when the months it read hold as many rows as were published.
 */
export async function verifyRows(
  ask: Ask,
  datasource: string,
  chunks: readonly PublishedChunk[],
): Promise<void> {
  const times = timeSql(chunks, null);
  if (times === null) return;
  const sql = `SELECT ${MONTH}, COUNT(*) FROM ${quoteName(datasource)} WHERE ${times} GROUP BY 1`;
  checkRows(chunks, await ask({ sql, values: [] }));
}

/** `rows` begin with month and number of rows. @throws AppError `druid.rows_differ` */
export function checkRows(chunks: readonly PublishedChunk[], rows: readonly (readonly DruidValue[])[]): void {
  const found = new Map(rows.map(([first, count]) => [month(first), Number(integer(count))]));
  const different = chunks.filter(({ chunk, rows: expected }) => (found.get(chunk) ?? 0) !== expected);
  const [first] = different;
  if (!first) return;
  throw new AppError(
    'druid.rows_differ',
    'conflict',
    {
      month: first.chunk,
      expected: first.rows,
      found: found.get(first.chunk) ?? 0,
      months: different.length,
    },
    // While a month is being exchanged it is over in a moment.
    { retryable: true },
  );
}
