import { z } from 'zod';
import { decimalText } from '#shared/domain/metrics/exact';
import { CLUSTER_MARK_COLUMNS, exactColumn, monthAfter } from '#shared/domain/ingestion-spec';
import { LEDGER_COLUMNS, type LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { ImportTotals } from '../../services/publishing/ports.ts';
import type { DruidBroker } from './druid-client.ts';
import { parseRows } from './parse-rows.ts';
import { poll } from './poll.ts';

/** Times in Druid are wall-clock times read as UTC, whatever zone the cluster has for its queries. */
const UTC = { sqlTimeZone: 'UTC' };

/**
 * A sum of longs wraps around at 2^63 without a word, and months of large amounts get there: millions and the rest are
 * summed apart and joined here.
 */
const SPLIT = 1_000_000_000;
const SUMS = LEDGER_COLUMNS.flatMap((column) => {
  const name = `"${exactColumn(column)}"`;
  return [`SUM(${name} / ${SPLIT})`, `SUM(MOD(${name}, ${SPLIT}))`];
}).join(', ');

/** What a task has just stored may take a moment to be loaded. */
const LOAD_TIMEOUT_MS = 60_000;

const longSchema = z.union([z.number(), z.bigint()]).nullable();
const rowSchema = z.tuple([z.string().nullable(), z.number()]).rest(longSchema);

/** What queries see of one datasource: the engine's side of the ledger. */
export class ChunkLedger {
  readonly #broker: DruidBroker;
  readonly #datasource: string;
  #known = false;

  constructor(broker: DruidBroker, datasource: string) {
    this.#broker = broker;
    this.#datasource = datasource;
  }

  async measure(chunk: string, signal: AbortSignal): Promise<readonly ImportTotals[]> {
    // A datasource that the Broker does not know (yet) has no rows that a query could see.
    if (!(await this.#isKnown(signal))) return [];
    try {
      return await this.#sums(chunk, signal);
    } catch (error) {
      // With its last month the datasource goes too.
      this.#known = false;
      if (!(error instanceof AppError) || error.code !== 'druid.query_refused') throw error;
      if (await this.#isKnown(signal)) throw error;
      return [];
    }
  }

  async #sums(chunk: string, signal: AbortSignal): Promise<readonly ImportTotals[]> {
    const answer = await this.#broker.sql(
      `SELECT "importId", COUNT(*), ${SUMS} FROM "${this.#datasource}"
       WHERE "__time" >= TIMESTAMP '${chunk}-01 00:00:00' AND "__time" < TIMESTAMP '${monthAfter(chunk)}-01 00:00:00'
       GROUP BY 1 ORDER BY 1`,
      [],
      UTC,
      signal,
    );
    return parseRows(rowSchema, answer).map(([importId, count, ...sums]) => ({
      importId: importId ?? '',
      rows: count,
      totals: totalsOf(sums),
    }));
  }

  async refuseForeignRows(
    knownImports: () => Promise<ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const datasource = this.#datasource;
    const foreign = (problem: string) =>
      new AppError('druid.foreign_rows', 'conflict', { datasource, problem });
    const counts = await poll(signal, LOAD_TIMEOUT_MS, async () => {
      const now = await this.#segmentCounts(signal);
      return now.unavailable === 0 ? now : null;
    });
    if (counts === null) {
      const { unavailable } = await this.#segmentCounts(signal);
      throw new AppError('druid.segments_unavailable', 'unavailable', { datasource, segments: unavailable });
    }
    if (counts.all === 0) return;
    const columns = await this.#columns(signal);
    const missing = CLUSTER_MARK_COLUMNS.filter((column) => !columns.has(column));
    if (missing.length > 0) throw foreign(`It has no column ${missing.join(' and no column ')}`);
    const answer = await this.#broker.sql(
      `SELECT "importId", COUNT(*) FROM "${datasource}" GROUP BY 1`,
      [],
      UTC,
      signal,
    );
    const known = await knownImports();
    const others = parseRows(z.tuple([z.string().nullable(), z.number()]), answer).filter(
      ([importId]) => importId === null || !known.has(importId),
    );
    if (others.length === 0) return;
    const count = others.reduce((sum, [, rowCount]) => sum + rowCount, 0);
    throw foreign(`${count} of its rows belong to no import that is registered here`);
  }

  /** Asked until it is so. */
  async #isKnown(signal: AbortSignal): Promise<boolean> {
    if (this.#known) return true;
    const columns = await this.#columns(signal);
    this.#known = CLUSTER_MARK_COLUMNS.every((column) => columns.has(column));
    return this.#known;
  }

  async #segmentCounts(signal: AbortSignal): Promise<{ all: number; unavailable: number }> {
    const answer = await this.#broker.sql(
      `SELECT COUNT(*), COUNT(*) FILTER (WHERE "is_available" = 0) FROM sys.segments
       WHERE "datasource" = ? AND "is_overshadowed" = 0 AND ("is_published" = 1 OR "is_available" = 1)`,
      [{ type: 'VARCHAR', value: this.#datasource }],
      {},
      signal,
    );
    // Over no segment at all, Druid answers with no row instead of zeros.
    const [[all, unavailable] = [0, 0]] = parseRows(z.tuple([z.number(), z.number()]), answer);
    return { all, unavailable };
  }

  async #columns(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const answer = await this.#broker.sql(
      `SELECT "COLUMN_NAME" FROM INFORMATION_SCHEMA.COLUMNS WHERE "TABLE_SCHEMA" = 'druid' AND "TABLE_NAME" = ?`,
      [{ type: 'VARCHAR', value: this.#datasource }],
      {},
      signal,
    );
    return new Set(parseRows(z.tuple([z.string()]), answer).flat());
  }
}

function totalsOf(sums: readonly z.infer<typeof longSchema>[]): LedgerTotals {
  const [grossRevenue, returnsValue, totalCost, unitsSold, unitsReturned] = LEDGER_COLUMNS.map((_, index) => {
    const millions = sums[2 * index] ?? null;
    const rest = sums[2 * index + 1] ?? null;
    return millions === null || rest === null
      ? null
      : decimalText(BigInt(millions) * BigInt(SPLIT) + BigInt(rest));
  });
  return {
    grossRevenue: grossRevenue ?? null,
    returnsValue: returnsValue ?? null,
    totalCost: totalCost ?? null,
    unitsSold: unitsSold ?? null,
    unitsReturned: unitsReturned ?? null,
  };
}
