import { open } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Finding } from '#shared/domain/findings';
import { AppError } from '#shared/errors/app-error';
import type { OpenFile, TableEvent, TableSource } from '../../services/reading/ports.ts';
import { cellValue } from './cell-value.ts';
import { columnText, type ColumnText } from './column-text.ts';
import { RowBatch } from './row-batch.ts';

/** Kenya keeps one offset the whole year, so the zone of the business is three hours ahead of UTC. */
const BUSINESS_OFFSET_MINUTES = 180;
const MAX_COLUMNS = 16_384;

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** DuckDB's message without the path, which is ours and means nothing to a person. */
function problemOf(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.replaceAll(path, 'the file').split('\n');
  return line.replace(/^[A-Za-z ]*Error: /, '').slice(0, 200);
}

async function checkEnds(path: string, fileName: string): Promise<number> {
  const file = await open(path, 'r').catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new AppError('reading.unreadable', 'unavailable', { fileName, reason }, { cause: error });
  });
  try {
    const { size } = await file.stat();
    if (size === 0) throw new AppError('reading.empty_file', 'input', { fileName });
    const tail = Buffer.alloc(4);
    await file.read(tail, 0, 4, Math.max(0, size - 4));
    const mark = tail.toString('latin1');
    if (mark === 'PARE') throw new AppError('reading.password_protected', 'input', { fileName });
    if (size < 12 || mark !== 'PAR1') {
      throw new AppError('reading.parquet_damaged', 'input', { fileName, problem: 'its end is missing' });
    }
    return size;
  } finally {
    await file.close();
  }
}

/** A database that can read this one file and nothing else. */
async function openLocked(path: string): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  await connection.run(`SET allowed_paths = [${quote(path)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return { instance, connection };
}

/**
 * Opens a Parquet file through DuckDB: one table whose header is the column names; rows count from 1. Numbers come as
 * exact decimal text, timestamps as wall-clock time; instants (with a zone) are converted to the business zone once.
 * Lists and records become text and are named in the notes.
 * Errors: `reading.parquet_damaged`, `reading.password_protected`, `reading.empty_file`, `reading.too_many_columns`.
 */
export const openParquet: OpenFile = async (path, { signal, fileName }) => {
  const sizeBytes = await checkEnds(path, fileName);
  const { instance, connection } = await openLocked(path);
  const close = () => {
    connection.closeSync();
    instance.closeSync();
    return Promise.resolve();
  };
  const source = `read_parquet(${quote(path)}, binary_as_string = true, hive_partitioning = false, filename = false)`;
  const damaged = (error: unknown) =>
    new AppError(
      'reading.parquet_damaged',
      'input',
      { fileName, problem: problemOf(error, path) },
      { cause: error },
    );
  try {
    const shape = await connection.run(`SELECT * FROM ${source} LIMIT 0`);
    const names = shape.deduplicatedColumnNames();
    if (names.length > MAX_COLUMNS) {
      throw new AppError('reading.too_many_columns', 'limit', {
        fileName,
        columns: names.length,
        limit: MAX_COLUMNS,
      });
    }
    const columns = names.map((name, index) =>
      columnText(name, shape.columnTypeId(index), BUSINESS_OFFSET_MINUTES),
    );
    const counted = await connection.runAndReadAll(
      `SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${quote(path)})`,
    );
    const declaredRows = Number(counted.getRows()[0]?.[0] ?? 0);
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    const table: TableSource = {
      sheet: '',
      hidden: false,
      header: names,
      headerRows: [],
      firstDataRow: 1,
      columns: columns.length,
      serialDates: null,
      events: (eventSignal) =>
        readRows({ connection, source, columns, declaredRows, sizeBytes, damaged }, eventSignal),
    };
    return { format: 'parquet', dialect: null, sizeBytes, tables: [table], notes: notesOf(columns), close };
  } catch (error) {
    await close();
    throw error instanceof AppError ? error : damaged(error);
  }
};

interface Reading {
  readonly connection: DuckDBConnection;
  readonly source: string;
  readonly columns: readonly ColumnText[];
  readonly declaredRows: number;
  readonly sizeBytes: number;
  damaged(error: unknown): AppError;
}

async function* readRows(reading: Reading, signal: AbortSignal): AsyncGenerator<TableEvent> {
  const { connection, columns, declaredRows, sizeBytes } = reading;
  if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
  const interrupt = () => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  const batch = new RowBatch(columns.length);
  const bytesDone = (row: number) => Math.round((sizeBytes * row) / Math.max(1, declaredRows));
  let row = 0;
  try {
    const list = columns.map(({ sql }, index) => `${sql} AS c${index}`).join(', ');
    const result = await connection.stream(`SELECT ${list} FROM ${reading.source}`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
      const values = chunk.getColumns();
      for (let index = 0; index < chunk.rowCount; index += 1) {
        row += 1;
        const isFull = batch.add(row, (column) => {
          const value = values[column]?.[index];
          const text = columns[column];
          return typeof value === 'string' && text ? cellValue(text, value) : null;
        });
        if (isFull) yield* batch.take(bytesDone(row));
      }
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
    throw error instanceof AppError ? error : reading.damaged(error);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
  if (row !== declaredRows) {
    throw reading.damaged(new Error(`it says it holds ${declaredRows} rows and holds ${row}`));
  }
  yield* batch.take(sizeBytes);
}

function notesOf(columns: readonly ColumnText[]): Finding[] {
  const note = (code: string, column: string, message: string): Finding => ({
    code,
    severity: 'info',
    sheet: '',
    row: 0,
    column,
    value: null,
    message,
  });
  return columns.flatMap(({ name, nested, converted }) => [
    ...(nested ? [note('reading.nested_column', name, 'Lists and records are shown as text.')] : []),
    ...(converted
      ? [
          note(
            'reading.zone_converted',
            name,
            'Times with a zone were converted to the time of the business.',
          ),
        ]
      : []),
  ]);
}
