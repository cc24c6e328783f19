import { DuckDBTypeId } from '@duckdb/node-api';
import { CellKind } from '../../services/reading/ports.ts';

/** How the values of a Parquet column become the text and kind of a cell. */
export interface ColumnText {
  readonly name: string;
  /** SQL that gives VARCHAR, null for null; the column itself is named in it. */
  readonly sql: string;
  readonly kind: number;
  readonly shape: 'text' | 'whole' | 'decimal' | 'double' | 'date' | 'timestamp' | 'boolean';
  readonly nested: boolean;
  /** True when instants were turned into the wall-clock time of the business. */
  readonly converted: boolean;
}

const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

const WHOLE: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
]);
const WALL_CLOCK: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);
const NESTED: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.LIST,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
]);

/**
 * @param offsetMinutes what the business is ahead of UTC; instants (timestamps with a zone) are shifted by it once, here
 */
export function columnText(name: string, typeId: DuckDBTypeId, offsetMinutes: number): ColumnText {
  const column = quoteName(name);
  const plain = {
    name,
    sql: `CAST(${column} AS VARCHAR)`,
    kind: CellKind.text,
    shape: 'text',
    nested: false,
    converted: false,
  } as const;
  if (WHOLE.has(typeId)) return { ...plain, kind: CellKind.number, shape: 'whole' };
  if (typeId === DuckDBTypeId.DECIMAL) return { ...plain, kind: CellKind.number, shape: 'decimal' };
  if (typeId === DuckDBTypeId.DOUBLE) return { ...plain, kind: CellKind.number, shape: 'double' };
  if (typeId === DuckDBTypeId.FLOAT) return { ...plain, kind: CellKind.number, shape: 'double' };
  if (typeId === DuckDBTypeId.BOOLEAN) return { ...plain, kind: CellKind.boolean, shape: 'boolean' };
  if (typeId === DuckDBTypeId.DATE) return { ...plain, kind: CellKind.date, shape: 'date' };
  if (WALL_CLOCK.has(typeId)) return { ...plain, kind: CellKind.date, shape: 'timestamp' };
  if (typeId === DuckDBTypeId.TIMESTAMP_TZ) {
    const sql = `CAST(make_timestamp(epoch_us(${column}) + ${offsetMinutes * 60_000_000}) AS VARCHAR)`;
    return { ...plain, sql, kind: CellKind.date, shape: 'timestamp', converted: true };
  }
  return { ...plain, nested: NESTED.has(typeId) };
}
