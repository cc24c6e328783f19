import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { CLUSTER_TEXT_COLUMNS, exactColumn } from '#shared/domain/ingestion-spec';
import { LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { IngestPart, IngestWriter } from '../../services/publishing/ports.ts';
import { canonicalSelectList, parquetSource } from './canonical-columns.ts';
import { messageOf, openLockedDatabase, readRows, type LockedDatabaseOptions } from './locked-database.ts';
import { quoteName, quoteString } from './sql-text.ts';

/** About what a part holds before compression; a row that is larger has a part of its own. */
const PART_BYTES = 256 * 1024 * 1024;
/** Names, numbers and punctuation of one row. */
const ROW_BYTES = 700;
const BUFFER_BYTES = 256 * 1024;

/**
 * An {@link IngestWriter} over a locked-down DuckDB: newline-delimited JSON, gzip. JSON escapes what CSV readers of
 * clusters cut rows at (a line break in a name); null and '' stay different; decimals are written with all their digits.
 *
 * Errors: `analytics.chunk_unreadable`, `analytics.disk_full`, `analytics.chunk_not_written`, `app.cancelled`,
 * `analytics.engine_failed`, `analytics.engine_closed`.
 */
export async function createIngestWriter(
  options: LockedDatabaseOptions & { readonly partBytes?: number },
): Promise<IngestWriter & { close(): Promise<void> }> {
  const database = await openLockedDatabase({ maxConcurrent: 1, ...options });
  const partBytes = options.partBytes ?? PART_BYTES;
  return {
    write: ({ path, folder }, signal) =>
      database.use((connection) => writeParts(connection, path, folder, partBytes), signal),
    close: () => database.close(),
  };
}

async function writeParts(
  connection: DuckDBConnection,
  path: string,
  folder: string,
  partBytes: number,
): Promise<readonly IngestPart[]> {
  // Refuses a file whose columns are not what the select list below takes them for.
  await canonicalSelectList(connection, path);
  const parts: IngestPart[] = [];
  for (const { first, last, rows } of await partRanges(connection, path, partBytes)) {
    const target = join(folder, `part-${parts.length + 1}.ndjson.gz`);
    const plain = `${target}.tmp`;
    const written = await named(target, () =>
      readRows(
        connection,
        `COPY (SELECT ${ROW_COLUMNS} FROM ${numberedRows(path)} WHERE file_row_number BETWEEN ${first} AND ${last})
         TO ${quoteString(plain)} (FORMAT json, USE_TMP_FILE false)`,
      ),
    );
    if (written[0]?.[0] !== BigInt(rows))
      throw new AppError('analytics.chunk_not_written', 'unavailable', {
        path: target,
        problem: `${rows} rows went in and ${String(written[0]?.[0])} came out`,
      });
    parts.push({ path: target, rows, ...(await named(target, () => compress(plain, target))) });
    await rm(plain);
  }
  return parts;
}

const numberedRows = (path: string) => parquetSource(path).replace(/\)$/, ', file_row_number = true)');

const TEXT_BYTES = CLUSTER_TEXT_COLUMNS.map((name) => `coalesce(strlen(${quoteName(name)}), 0)`).join(' + ');

/** Consecutive rows that together have about as many bytes as a part may have. */
async function partRanges(
  connection: DuckDBConnection,
  path: string,
  partBytes: number,
): Promise<readonly { first: bigint; last: bigint; rows: number }[]> {
  const rows = await named(path, () =>
    readRows(
      connection,
      `SELECT min(file_row_number), max(file_row_number), count(*) FROM (
         SELECT file_row_number,
           (sum(${ROW_BYTES} + ${TEXT_BYTES}) OVER (ORDER BY file_row_number) - 1) // ${partBytes} AS part
         FROM ${numberedRows(path)})
       GROUP BY part ORDER BY 1`,
    ),
  );
  return rows.map(([first, last, count]) => {
    if (typeof first !== 'bigint' || typeof last !== 'bigint' || typeof count !== 'bigint')
      throw new AppError('app.bug', 'bug', { message: 'a count of rows is no number' });
    return { first, last, rows: Number(count) };
  });
}

/**
 * The columns of an ingested row. Times are cut to milliseconds downwards, so that none moves into another month;
 * the cast to whole ten-thousandths is exact or fails.
 */
const ROW_COLUMNS = [
  `epoch_ms(date_trunc('milliseconds', "__time")) AS "__time"`,
  ...CLUSTER_TEXT_COLUMNS.map(quoteName),
  ...LEDGER_COLUMNS.map(quoteName),
  ...LEDGER_COLUMNS.map(
    (name) =>
      `CAST(CAST(${quoteName(name)} AS DECIMAL(22,4)) * 10000 AS BIGINT) AS ${quoteName(exactColumn(name))}`,
  ),
  '"lineItemCount"',
].join(', ');

/** Node's gzip instead of DuckDB's own: the same size in an eighth of the time. */
async function compress(from: string, to: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(
    createReadStream(from, { highWaterMark: BUFFER_BYTES }),
    createGzip({ level: 3, memLevel: 9, chunkSize: BUFFER_BYTES }),
    async function* (bytes: AsyncIterable<Buffer>) {
      for await (const piece of bytes) {
        hash.update(piece);
        sizeBytes += piece.byteLength;
        yield piece;
      }
    },
    createWriteStream(to),
  );
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = messageOf(error);
    if (/^(Out of Memory|INTERRUPT)/i.test(message))
      throw new AppError('analytics.engine_failed', 'unavailable', { message }, { cause: error });
    if (/no space left|ENOSPC|disk is full/i.test(message))
      throw new AppError('analytics.disk_full', 'limit', { path }, { cause: error, retryable: true });
    throw new AppError(
      'analytics.chunk_not_written',
      'unavailable',
      { path, problem: message },
      { cause: error },
    );
  }
}
