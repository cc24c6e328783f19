import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { decimalText } from '#shared/domain/metrics/exact';
import { dayNumber } from '#shared/domain/periods';
import { LEDGER_COLUMNS, PROVENANCE_COLUMNS, type LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { BuiltChunk, ChunkBuilder, ChunkPart, FootprintRow } from '../../services/publishing/ports.ts';
import { CANONICAL_COLUMNS, canonicalSelectList, parquetSource } from './canonical-columns.ts';
import { messageOf, openLockedDatabase, readRows, type LockedDatabaseOptions } from './locked-database.ts';
import { quoteName, quoteString } from './sql-text.ts';

const SUMS = LEDGER_COLUMNS.map((column) => `sum(${quoteName(column)})`).join(', ');
const DATA_COLUMNS = CANONICAL_COLUMNS.map(({ name }) => name)
  .filter((name) => !PROVENANCE_COLUMNS.some((provenance) => provenance === name))
  .map(quoteName)
  .join(', ');

type ImportMeasure = BuiltChunk['byImport'][number];

let temporaryFiles = 0;

/**
 * A {@link ChunkBuilder} over a locked-down in-memory DuckDB: it reads and writes in `allowedDirectories` only. Written
 * files have the columns of {@link CANONICAL_COLUMNS}. Unfinished files are named `<target>.<pid>-<n>.tmp`.
 *
 * Errors: `analytics.chunk_unreadable` (a canonical file is missing, damaged, of another import or month),
 * `analytics.disk_full`, `analytics.chunk_not_written`, `analytics.engine_failed`, `analytics.engine_closed`.
 */
export async function createChunkBuilder(
  options: LockedDatabaseOptions,
): Promise<ChunkBuilder & { close(): Promise<void> }> {
  // One at a time: each statement holds a thread of libuv's pool, and files and queries need the others.
  const database = await openLockedDatabase({ maxConcurrent: 1, ...options });
  return {
    footprint: (files) =>
      database.use(async (connection) => {
        const rows: FootprintRow[] = [];
        for (const file of files) rows.push(...(await footprintOf(connection, file)));
        return rows;
      }),
    build: (parts, targetPath) => database.use((connection) => buildChunk(connection, parts, targetPath)),
    measure: (path) => database.use((connection) => measureFile(connection, path)),
    equalRows: (paths, otherPaths) =>
      database.use((connection) => countEqualRows(connection, paths, otherPaths)),
    close: () => database.close(),
  };
}

async function footprintOf(
  connection: DuckDBConnection,
  { chunk, path }: { chunk: string; path: string },
): Promise<FootprintRow[]> {
  const list = await canonicalSelectList(connection, path);
  const rows = await readable(path, () =>
    readRows(
      connection,
      `SELECT "Branch", strftime("__time", '%Y-%m-%d') AS day, count(*), count(*) - count("lineItemCount"), ${SUMS}
       FROM (SELECT ${list} FROM ${parquetSource(path)}) GROUP BY 1, 2 ORDER BY 2, 1`,
    ),
  );
  return rows.map(([branch, day, count, withoutLineItems, ...sums]) => {
    if (typeof branch !== 'string' || typeof day !== 'string' || typeof count !== 'bigint')
      throw unreadable(path, 'a row has no branch or no date');
    if (withoutLineItems !== 0n) throw unreadable(path, 'a row has no line item count');
    if (day.slice(0, 7) !== chunk) throw unreadable(path, `a row of ${day} lies outside ${chunk}`);
    return { chunk, branch, day, rows: Number(count), totals: ledgerTotals(sums) };
  });
}

async function buildChunk(
  connection: DuckDBConnection,
  parts: readonly ChunkPart[],
  targetPath: string,
): Promise<BuiltChunk> {
  await connection.run('CREATE TEMP TABLE excluded (part INTEGER, branch VARCHAR, day DATE)');
  await fillExcluded(connection, parts);
  const sources: string[] = [];
  for (const [index, part] of parts.entries()) {
    const list = await canonicalSelectList(connection, part.path);
    sources.push(
      `SELECT * FROM (SELECT ${list} FROM ${parquetSource(part.path)}) AS rows WHERE NOT EXISTS (
         SELECT 1 FROM excluded WHERE excluded.part = ${index}
         AND excluded.branch = rows."Branch" AND excluded.day = CAST(rows."__time" AS DATE))`,
    );
  }
  const nothing = { path: null, rows: 0, sizeBytes: 0, byImport: parts.map(emptyPart) };
  if (sources.length === 0) return nothing;

  temporaryFiles += 1;
  const temporaryPath = `${targetPath}.${process.pid}-${temporaryFiles}.tmp`;
  try {
    const written = await writable(targetPath, () =>
      readRows(
        connection,
        `COPY (SELECT * FROM (${sources.join(' UNION ALL ')})
           ORDER BY "Branch", "__time", "row", "importId", "sheet")
         TO ${quoteString(temporaryPath)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      ),
    );
    const byImport = await measureParts(connection, temporaryPath, parts);
    const rows = byImport.reduce((total, part) => total + part.rows, 0);
    if (BigInt(rows) !== written[0]?.[0])
      throw new AppError('analytics.chunk_not_written', 'unavailable', {
        path: targetPath,
        problem: `${String(written[0]?.[0])} rows went in and ${rows} came out`,
      });
    if (rows === 0) {
      await rm(temporaryPath, { force: true });
      return nothing;
    }
    const { size } = await stat(temporaryPath);
    await writable(targetPath, () => moveDurably(temporaryPath, targetPath));
    return { path: targetPath, rows, sizeBytes: size, byImport };
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

async function fillExcluded(connection: DuckDBConnection, parts: readonly ChunkPart[]): Promise<void> {
  const appender = await connection.createAppender('excluded');
  try {
    for (const [index, part] of parts.entries())
      for (const { branch, day } of part.excluded) {
        const number = dayNumber(day);
        if (number === null) throw new RangeError(`not a day: ${day}`);
        appender.appendInteger(index);
        appender.appendVarchar(branch);
        appender.appendDate(new DuckDBDateValue(number));
        appender.endRow();
      }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Counts and sums by import of one file, sorted by import. */
async function measureFile(connection: DuckDBConnection, path: string): Promise<ImportMeasure[]> {
  const list = await canonicalSelectList(connection, path);
  const rows = await readable(path, () =>
    readRows(
      connection,
      `SELECT "importId", count(*), ${SUMS} FROM (SELECT ${list} FROM ${parquetSource(path)}) GROUP BY 1 ORDER BY 1`,
    ),
  );
  return rows.map(([importId, count, ...sums]) => {
    if (typeof importId !== 'string' || typeof count !== 'bigint')
      throw unreadable(path, 'a row does not say which import it is of');
    return { importId, rows: Number(count), totals: ledgerTotals(sums) };
  });
}

/** What was written, in the order of the parts; rows of any other import are refused. */
async function measureParts(
  connection: DuckDBConnection,
  path: string,
  parts: readonly ChunkPart[],
): Promise<ImportMeasure[]> {
  const measured = new Map((await measureFile(connection, path)).map((entry) => [entry.importId, entry]));
  const byImport = parts.map((part) => measured.get(part.importId) ?? emptyPart(part));
  for (const importId of measured.keys())
    if (!parts.some((part) => part.importId === importId))
      throw unreadable(
        parts.map((part) => part.path).join(', '),
        `it holds rows of another import (${importId})`,
      );
  return byImport;
}

async function countEqualRows(
  connection: DuckDBConnection,
  paths: readonly string[],
  otherPaths: readonly string[],
): Promise<number> {
  if (paths.length === 0 || otherPaths.length === 0) return 0;
  const sources: string[] = [];
  for (const [side, list] of [paths, otherPaths].entries())
    for (const path of list)
      sources.push(
        `SELECT ${side} AS side, ${await canonicalSelectList(connection, path)} FROM ${parquetSource(path)}`,
      );
  const rows = await readable([...paths, ...otherPaths].join(', '), () =>
    readRows(
      connection,
      `SELECT CAST(coalesce(sum(least(mine, theirs)), 0) AS BIGINT) FROM (
         SELECT count(*) FILTER (side = 0) AS mine, count(*) FILTER (side = 1) AS theirs
         FROM (${sources.join(' UNION ALL ')}) GROUP BY ${DATA_COLUMNS})`,
    ),
  );
  return Number(rows[0]?.[0]);
}

/** The bytes are on the disk before the name is, and the name is on the disk before this resolves. */
async function moveDurably(from: string, to: string): Promise<void> {
  const file = await open(from, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(from, to);
  // Windows cannot open a directory; NTFS journals the rename by itself.
  if (process.platform === 'win32') return;
  const directory = await open(dirname(to), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function ledgerTotals(sums: readonly DuckDBValue[]): LedgerTotals {
  const [grossRevenue, returnsValue, totalCost, unitsSold, unitsReturned] = sums.map((value) =>
    value instanceof DuckDBDecimalValue ? decimalText(value.value) : null,
  );
  return {
    grossRevenue: grossRevenue ?? null,
    returnsValue: returnsValue ?? null,
    totalCost: totalCost ?? null,
    unitsSold: unitsSold ?? null,
    unitsReturned: unitsReturned ?? null,
  };
}

const emptyPart = ({ importId }: ChunkPart) => ({ importId, rows: 0, totals: ledgerTotals([]) });

const unreadable = (path: string, problem: string, cause?: unknown) =>
  new AppError('analytics.chunk_unreadable', 'conflict', { path, problem }, { cause });

/** Memory that ran out or an interrupt says nothing about the file. */
function engineFault(error: unknown): AppError | null {
  const message = messageOf(error);
  return /^(Out of Memory|INTERRUPT)/i.test(message)
    ? new AppError('analytics.engine_failed', 'unavailable', { message }, { cause: error })
    : null;
}

async function readable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw engineFault(error) ?? unreadable(path, messageOf(error), error);
  }
}

async function writable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = messageOf(error);
    const fault = engineFault(error);
    if (fault) throw fault;
    if (/no space left|ENOSPC|disk is full/i.test(problem))
      throw new AppError('analytics.disk_full', 'limit', { path }, { cause: error, retryable: true });
    throw new AppError('analytics.chunk_not_written', 'unavailable', { path, problem }, { cause: error });
  }
}
