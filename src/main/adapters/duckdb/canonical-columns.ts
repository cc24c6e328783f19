import { DuckDBTypeId, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import { AppError } from '#shared/errors/app-error';
import { messageOf, readRows } from './locked-database.ts';
import { quoteName, quoteString } from './sql-text.ts';

/**
 * The one schema of every derived chunk file, whatever the canonical files hold: always all columns, in this order and
 * with these types, so that a list of chunks is read without looking at each. `__time` has microseconds and no zone;
 * `lineItemCount` is never null; every other column but `__time`, `Branch` and the provenance may be null in all rows.
 */
export const CANONICAL_COLUMNS = [
  { name: '__time', type: 'TIMESTAMP' },
  { name: 'Branch', type: 'VARCHAR' },
  { name: 'ProductLine', type: 'VARCHAR' },
  { name: 'ItemGroup', type: 'VARCHAR' },
  { name: 'ItemName', type: 'VARCHAR' },
  { name: 'SalesPerson', type: 'VARCHAR' },
  { name: 'AcctName', type: 'VARCHAR' },
  { name: 'CardName', type: 'VARCHAR' },
  { name: 'grossRevenue', type: 'DECIMAL(18,4)' },
  { name: 'returnsValue', type: 'DECIMAL(18,4)' },
  { name: 'totalCost', type: 'DECIMAL(18,4)' },
  { name: 'unitsSold', type: 'DECIMAL(18,4)' },
  { name: 'unitsReturned', type: 'DECIMAL(18,4)' },
  { name: 'lineItemCount', type: 'BIGINT' },
  { name: 'importId', type: 'VARCHAR' },
  { name: 'sheet', type: 'VARCHAR' },
  { name: 'row', type: 'BIGINT' },
] as const;

type ColumnType = (typeof CANONICAL_COLUMNS)[number]['type'];

const INTEGER_TYPES: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
]);
const TIMESTAMP_TYPES: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);

/** Casts that cannot change a value: they succeed exactly or fail. A double never becomes money here. */
const CASTS_EXACTLY: Readonly<Record<ColumnType, (source: DuckDBType) => boolean>> = {
  VARCHAR: ({ typeId }) => typeId === DuckDBTypeId.VARCHAR,
  TIMESTAMP: ({ typeId }) => TIMESTAMP_TYPES.has(typeId),
  BIGINT: ({ typeId }) => INTEGER_TYPES.has(typeId),
  'DECIMAL(18,4)': (source) =>
    INTEGER_TYPES.has(source.typeId) ||
    (source.typeId === DuckDBTypeId.DECIMAL && 'scale' in source && source.scale <= 4),
};

/** `read_parquet` over one literal path: no hive columns from folder names. */
export const parquetSource = (path: string): string =>
  `read_parquet(${quoteString(path)}, hive_partitioning = false)`;

/**
 * The select list that turns a canonical file into {@link CANONICAL_COLUMNS}, checked against what the file really holds.
 * @throws AppError `analytics.chunk_unreadable` when a column is missing or would change by the cast.
 */
export async function canonicalSelectList(connection: DuckDBConnection, path: string): Promise<string> {
  const unreadable = (problem: string, cause?: unknown) =>
    new AppError('analytics.chunk_unreadable', 'conflict', { path, problem }, { cause });
  let types: Map<string, DuckDBType>;
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM ${parquetSource(path)} LIMIT 0`);
    const names = reader.columnNames();
    types = new Map(names.map((name, index) => [name, reader.columnType(index)]));
  } catch (error) {
    throw unreadable(messageOf(error), error);
  }
  const list: string[] = [];
  for (const { name, type } of CANONICAL_COLUMNS) {
    const source = types.get(name);
    if (!source) throw unreadable(`the column ${name} is missing`);
    const column = quoteName(name);
    if (CASTS_EXACTLY[type](source)) list.push(`CAST(${column} AS ${type}) AS ${column}`);
    else if (await isAllNull(connection, path, column)) list.push(`CAST(NULL AS ${type}) AS ${column}`);
    else throw unreadable(`the column ${name} is ${source.toString()} instead of ${type}`);
  }
  return list.join(', ');
}

/** A column without any value may come in any type (writers infer none for it). */
async function isAllNull(connection: DuckDBConnection, path: string, column: string): Promise<boolean> {
  const rows = await readRows(connection, `SELECT count(${column}) FROM ${parquetSource(path)}`);
  return rows[0]?.[0] === 0n;
}
