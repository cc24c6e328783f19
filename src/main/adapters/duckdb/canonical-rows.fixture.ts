import { DuckDBInstance } from '@duckdb/node-api';
import { decimalText } from '#shared/domain/metrics/exact';
import { DIMENSIONS, LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import type { OracleRow } from '../../services/analytics/evaluate-query.fixture.ts';
import { CANONICAL_COLUMNS } from './canonical-columns.ts';
import { quoteString } from './sql-text.ts';

/** A canonical row of a test. Money and quantities are decimal text; what is left out is null (line items: 1). */
export interface TestRow {
  /** `yyyy-mm-ddThh:mm:ss` */
  readonly time: string;
  readonly Branch: string | null;
  readonly ProductLine?: string | null;
  readonly ItemGroup?: string | null;
  readonly ItemName?: string | null;
  readonly SalesPerson?: string | null;
  readonly AcctName?: string | null;
  readonly CardName?: string | null;
  readonly grossRevenue?: string | null;
  readonly returnsValue?: string | null;
  readonly totalCost?: string | null;
  readonly unitsSold?: string | null;
  readonly unitsReturned?: string | null;
  readonly lineItemCount?: number | null;
  readonly importId?: string;
  readonly row?: number;
}

/** A row of the oracle as a canonical one. */
export const testRow = (row: OracleRow): TestRow => ({
  time: row.time,
  Branch: row.text['Branch'] ?? null,
  ...Object.fromEntries(DIMENSIONS.map((name) => [name, row.text[name] ?? null])),
  ...Object.fromEntries(LEDGER_COLUMNS.map((name) => [name, decimalOrNull(row.amount[name])])),
  lineItemCount: Number(row.lineItemCount),
});
const decimalOrNull = (e4: bigint | null | undefined) =>
  e4 === null || e4 === undefined ? null : decimalText(e4);

let writer: Promise<DuckDBInstance> | undefined;

/** Writes rows as canonical Parquet, with column types replaced where a test wants to (`{ totalCost: 'DOUBLE' }`). */
export async function writeCanonical(
  path: string,
  rows: readonly TestRow[],
  types: Readonly<Record<string, string | null>> = {},
): Promise<string> {
  writer ??= DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await (await writer).connect();
  try {
    const columns = CANONICAL_COLUMNS.map(({ name }) => `"${name}" VARCHAR`).join(', ');
    await connection.run(`CREATE TEMP TABLE raw (${columns})`);
    const appender = await connection.createAppender('raw');
    for (const [index, row] of rows.entries()) {
      const fields: Readonly<Record<string, string | number | null | undefined>> = {
        lineItemCount: 1,
        importId: 'a',
        sheet: '',
        row: index + 2,
        ...row,
        __time: row.time,
      };
      for (const { name } of CANONICAL_COLUMNS) {
        const value = fields[name];
        if (value === undefined || value === null) appender.appendNull();
        else appender.appendVarchar(String(value));
      }
      appender.endRow();
    }
    appender.closeSync();
    const list = CANONICAL_COLUMNS.flatMap(({ name, type }) => {
      const as = Object.hasOwn(types, name) ? types[name] : type;
      return as === null ? [] : [`CAST("${name}" AS ${as}) AS "${name}"`];
    });
    await connection.run(
      `COPY (SELECT ${list.join(', ')} FROM raw) TO ${quoteString(path)} (FORMAT parquet)`,
    );
    return path;
  } finally {
    connection.closeSync();
  }
}
