import { AppError } from '#shared/errors/app-error';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import type { Sketch } from './aggregate-sql.ts';
import type { DatasourceFacts } from './datasource-facts.ts';
import { integer, type Ask } from './druid-sql.ts';
import { remembered, versionOf } from './remembered.ts';
import { quoteName, timeSql } from './source-sql.ts';

/**
 * Distinct counts by group take Druid many seconds as plain SQL. A theta sketch takes two, and its answer is exact as
 * long as there are no more values than it keeps one by one. So the distinct values of the whole dataset are counted
 * once, and the sketch is chosen large enough for them.
 */
export interface SketchChoice {
  /** Null where a column has too many values, or Druid lacks its extension `druid-datasketches`. */
  sketch(chunks: readonly PublishedChunk[], name: string): Promise<Sketch | null>;
}

/** Sizes are powers of two. Each group takes the size times 16 bytes of the cluster's buffers. */
const SMALLEST = 512;
const LARGEST = 2 ** 20;

/**
 * A sketch keeps as many values as its size before it begins to estimate. Ten standard errors below, an estimate cannot
 * pass for a count, should the data have moved since its distinct values were counted.
 */
const maxExact = (size: number): number => Math.floor(size - 10 * Math.sqrt(size));

/** `ask` must not end with one question: what it answers is shared. */
export function createSketchChoice(ask: Ask, datasource: string, facts: DatasourceFacts): SketchChoice {
  const support = new Map<string, Promise<boolean>>();
  const choices = new Map<string, Promise<Sketch | null>>();
  const from = quoteName(datasource);

  async function isSupported(column: string): Promise<boolean> {
    const sql = `EXPLAIN PLAN FOR SELECT APPROX_COUNT_DISTINCT_DS_THETA(${column}, ${SMALLEST}) FROM ${from}`;
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
    sketch(chunks, name) {
      const version = versionOf(chunks);
      const column = quoteName(name);
      return remembered(choices, `${name} ${version}`, async () => {
        if (!(await remembered(support, version, () => isSupported(column)))) return null;
        const sql = `SELECT COUNT(DISTINCT ${column}) FROM ${from} WHERE ${timeSql(chunks, null)}`;
        const [rows, contents] = await Promise.all([
          ask({ sql, values: [] }),
          facts.contents(chunks, chunks),
        ]);
        const distinct = Number(integer(rows[0]?.[0]) ?? 0n);
        let size = SMALLEST;
        while (maxExact(size) < distinct) size *= 2;
        if (size > LARGEST) return null;
        return { size, maxExact: maxExact(size), hasEmptyText: contents.hasEmptyText(name) };
      });
    },
  };
}
