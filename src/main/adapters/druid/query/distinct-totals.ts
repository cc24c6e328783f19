import { AppError } from '#shared/errors/app-error';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import { integer, type Ask } from './druid-sql.ts';
import { remembered, versionOf } from './remembered.ts';
import { quoteName, timeSql } from './source-sql.ts';

/** Exact distinct values of whole columns: no group can have more. Counted once for each list of months. */
export interface DistinctTotals {
  /** Null where Druid lacks the extension `druid-datasketches`, so that there is no use for it. */
  ofColumn(chunks: readonly PublishedChunk[], name: string): Promise<number | null>;
}

/** `ask` must not end with one question: what it answers is shared. */
export function createDistinctTotals(ask: Ask, datasource: string): DistinctTotals {
  const support = new Map<string, Promise<boolean>>();
  const totals = new Map<string, Promise<number | null>>();
  const from = quoteName(datasource);

  async function isSupported(column: string): Promise<boolean> {
    const sql = `EXPLAIN PLAN FOR SELECT APPROX_COUNT_DISTINCT_DS_THETA(${column}, 512) FROM ${from}`;
    try {
      await ask({ sql, values: [] });
      return true;
    } catch (error) {
      // The function is unknown where the extension is not loaded.
      if (error instanceof AppError && error.code === 'druid.query_refused') return false;
      throw error;
    }
  }

  return {
    ofColumn(chunks, name) {
      const version = versionOf(chunks);
      const column = quoteName(name);
      return remembered(totals, `${name} ${version}`, async () => {
        if (!(await remembered(support, version, () => isSupported(column)))) return null;
        const sql = `SELECT COUNT(DISTINCT ${column}) FROM ${from} WHERE ${timeSql(chunks, null)}`;
        const rows = await ask({ sql, values: [] });
        return Number(integer(rows[0]?.[0]) ?? 0n);
      });
    },
  };
}
