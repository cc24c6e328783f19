import { DIMENSIONS, LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import { storedColumn, storedName } from './aggregate-sql.ts';
import { checkRows, MONTH } from './check-rows.ts';
import { integer, month, text, type Ask, type DruidValue } from './druid-sql.ts';
import { keyOf, remembered, versionOf } from './remembered.ts';
import { BoundValues, quoteName, timeSql } from './source-sql.ts';

/** What must be known of a datasource before a question is put into SQL; asked once, for all questions. */
export interface DatasourceFacts {
  /** Columns that the datasource has, by their names in the catalogue. @throws AppError `druid.datasource_missing` */
  columns(chunks: readonly PublishedChunk[]): Promise<ReadonlySet<string>>;
  /**
   * What the rows of some of the chunks hold; unknown counts as everything that makes work.
   * @throws AppError `druid.rows_differ` when the datasource holds other rows.
   */
  contents(chunks: readonly PublishedChunk[], some: readonly PublishedChunk[]): Promise<ColumnFacts>;
}

export interface ColumnFacts {
  /** Some row lacks the column. */
  isNullable(name: string): boolean;
  /** Some rows could sum up beyond 2^63, where Druid goes on from the other end. */
  mayOverflow(name: string): boolean;
}

interface ColumnOfChunk {
  readonly isNullable: boolean;
  /** No sum over rows of the chunk is larger, whatever its sign. */
  readonly largestSum: bigint;
}
type ChunkContents = ReadonlyMap<string, ColumnOfChunk>;

const NUMBERS: readonly string[] = [...LEDGER_COLUMNS, 'lineItemCount'];
const ALL: readonly string[] = [...DIMENSIONS, ...NUMBERS];
const LARGEST_LONG = 2n ** 63n - 1n;

/** `ask` must not end with one question: what it answers is shared. */
export function createDatasourceFacts(ask: Ask, datasource: string): DatasourceFacts {
  const columnsByVersion = new Map<string, Promise<ReadonlySet<string>>>();
  const contentsByChunk = new Map<string, Promise<ChunkContents>>();

  const columns = (chunks: readonly PublishedChunk[]): Promise<ReadonlySet<string>> => {
    const version = versionOf(chunks);
    return remembered(columnsByVersion, version, async () => {
      const bound = new BoundValues();
      const rows = await ask(
        bound.statement(
          `SELECT "COLUMN_NAME" FROM INFORMATION_SCHEMA.COLUMNS WHERE "TABLE_SCHEMA" = 'druid' AND "TABLE_NAME" = ${bound.text(datasource)}`,
        ),
      );
      if (rows.length === 0) throw new AppError('druid.datasource_missing', 'conflict', { datasource });
      const stored = new Set(rows.map(([name]) => text(name)));
      const known = new Set(ALL.filter((name) => stored.has(storedColumn(name))));
      // A broker learns of a new column with a delay: a schema in which one is missing is asked for again.
      if (known.size < ALL.length) columnsByVersion.delete(version);
      return known;
    });
  };

  async function readContents(
    chunks: readonly PublishedChunk[],
    known: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, ChunkContents>> {
    const names = ALL.filter((name) => known.has(name));
    const list = [MONTH, 'COUNT(*)', ...names.flatMap(contentsSql)].join(', ');
    const rows = await ask({
      sql: `SELECT ${list} FROM ${quoteName(datasource)} WHERE ${timeSql(chunks, null)} GROUP BY 1`,
      values: [],
    });
    checkRows(chunks, rows);
    return new Map(
      rows.map((row) => {
        const rowCount = integer(row[1]) ?? 0n;
        const contents = names.map((name, index) => {
          const first = 2 + index * CONTENTS_WIDTH;
          return [name, contentsOf(row.slice(first, first + CONTENTS_WIDTH), rowCount)] as const;
        });
        return [month(row[0]), new Map(contents)];
      }),
    );
  }

  return {
    columns,
    async contents(chunks, some) {
      const known = await columns(chunks);
      const unknown = some.filter((chunk) => !contentsByChunk.has(keyOf(chunk)));
      const read = unknown.length > 0 ? readContents(unknown, known) : null;
      const found = await Promise.all(
        some.map((chunk) =>
          remembered(contentsByChunk, keyOf(chunk), async () => (await read)?.get(chunk.chunk) ?? new Map()),
        ),
      );
      const of = (name: string) => found.map((contents) => contents.get(name) ?? UNKNOWN);
      return {
        isNullable: (name) => of(name).some((column) => column.isNullable),
        mayOverflow: (name) => of(name).reduce((sum, column) => sum + column.largestSum, 0n) > LARGEST_LONG,
      };
    },
  };
}

const UNKNOWN: ColumnOfChunk = { isNullable: true, largestSum: LARGEST_LONG + 1n };

const CONTENTS_WIDTH = 3;

function contentsSql(name: string): string[] {
  const column = storedName(name);
  return NUMBERS.includes(name)
    ? [`COUNT(${column})`, `MIN(${column})`, `MAX(${column})`]
    : [`COUNT(${column})`, '0', '0'];
}

function contentsOf(values: readonly DruidValue[], rowCount: bigint): ColumnOfChunk {
  const [present = 0n, least = 0n, most = 0n] = values.map((value) => integer(value) ?? 0n);
  const largest = most > -least ? most : -least;
  return { isNullable: present < rowCount, largestSum: largest * rowCount };
}
