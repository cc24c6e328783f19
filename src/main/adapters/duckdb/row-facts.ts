import type { RowFacts } from '../../services/rules/ports.ts';
import type { LockedDatabase } from './locked-database.ts';
import { readRows } from './locked-database.ts';
import { filesSql } from './query-sql.ts';
import { quoteName } from './sql-text.ts';

/** What published rows say to rules: names that occur, amounts that are usual. */
export function createRowFacts(use: LockedDatabase['use']): RowFacts {
  return {
    async knownValues(field, chunks, limit) {
      if (chunks.length === 0) return [];
      const name = quoteName(field);
      const sql = `SELECT DISTINCT ${name} FROM ${filesSql(chunks)} WHERE ${name} IS NOT NULL ORDER BY 1 LIMIT ${Math.trunc(limit) + 1}`;
      return (await use((connection) => readRows(connection, sql))).map(([value]) => String(value));
    },

    async usualAmount(field, chunks) {
      if (chunks.length === 0) return { rows: 0, percentile: null };
      const name = quoteName(field);
      // A t-digest: the memory does not grow with the rows, and a fence does not need the last digit.
      const sql = `SELECT count(${name}), approx_quantile(abs(CAST(${name} AS DOUBLE)), 0.99) FROM ${filesSql(chunks)}`;
      const [row] = await use((connection) => readRows(connection, sql));
      const [rows, percentile] = row ?? [];
      return {
        rows: Number(rows ?? 0),
        percentile: typeof percentile === 'number' ? percentile.toFixed(4) : null,
      };
    },
  };
}
