import {
  DATE,
  DuckDBDateValue,
  DuckDBListValue,
  LIST,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { coversMonth, dayNumber, touchesMonth } from '#shared/domain/periods';
import type { Filter, Period } from '#shared/domain/query';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { CANONICAL_COLUMNS } from './canonical-columns.ts';
import { quoteName, quoteString } from './sql-text.ts';

/** Values of one statement; what a person typed reaches DuckDB only through here. */
export class BoundValues {
  readonly values: DuckDBValue[] = [];
  readonly types: DuckDBType[] = [];

  text(value: string): string {
    return this.#add(value, VARCHAR);
  }

  texts(values: readonly string[]): string {
    return this.#add(new DuckDBListValue([...values]), LIST(VARCHAR));
  }

  /** Days reach the engine checked; an impossible one is a bug of the caller. */
  day(day: string, plusDays = 0): string {
    const number = dayNumber(day);
    if (number === null) throw new RangeError(`not a calendar day: ${day}`);
    return this.#add(new DuckDBDateValue(number + plusDays), DATE);
  }

  #add(value: DuckDBValue, type: DuckDBType): string {
    this.values.push(value);
    this.types.push(type);
    return `$${this.values.length}`;
  }
}

/** A list of up to this many values is compared one by one, which lets DuckDB skip row groups. */
const INLINE_VALUES = 50;

/** The rows that all filters let through; '' when there are none. */
export function filterSql(filters: readonly Filter[], bound: BoundValues): string {
  return filters.map((filter) => `(${oneFilterSql(filter, bound)})`).join(' AND ');
}

function oneFilterSql(filter: Filter, bound: BoundValues): string {
  const column = quoteName(filter.dimension);
  if (filter.op === 'contains') return `contains(lower(${column}), lower(${bound.text(filter.text)}))`;
  const texts = filter.values.filter((value) => value !== null);
  const blanks = filter.values.length > texts.length;
  const list =
    texts.length > INLINE_VALUES
      ? `SELECT unnest(${bound.texts(texts)})`
      : texts.map((text) => bound.text(text)).join(', ');
  if (filter.op === 'in') {
    const some = texts.length > 0 ? `${column} IN (${list})` : 'false';
    return blanks ? `${column} IS NULL OR ${some}` : some;
  }
  const none = texts.length > 0 ? `${column} NOT IN (${list})` : 'true';
  return blanks ? `${column} IS NOT NULL AND ${none}` : `${column} IS NULL OR ${none}`;
}

/** The chunk files that a period touches; all when it is null. */
export const chunksOf = (chunks: readonly PublishedChunk[], period: Period | null): PublishedChunk[] =>
  chunks.filter(({ chunk }) => period === null || touchesMonth(period, chunk));

/**
 * Rows of a period that pass the filters, as a subquery with the wanted columns. Months that lie in the period as a
 * whole are read without looking at their times.
 */
export function sourceSql(
  request: {
    readonly chunks: readonly PublishedChunk[];
    readonly period: Period | null;
    readonly filters: readonly Filter[];
    readonly columns: ReadonlySet<string>;
  },
  bound: BoundValues,
): string {
  const { period } = request;
  const chunks = chunksOf(request.chunks, period);
  if (chunks.length === 0) return emptySql(request.columns);
  const whole = chunks.filter(({ chunk }) => period === null || coversMonth(period, chunk));
  const cut = chunks.filter((chunk) => !whole.includes(chunk));
  const list = [...request.columns].map(quoteName).join(', ') || '1 AS one';
  const filters = filterSql(request.filters, bound);
  const selects: string[] = [];
  const add = (files: readonly PublishedChunk[], conditions: readonly string[]) => {
    if (files.length === 0) return;
    const where = conditions.filter((condition) => condition !== '').join(' AND ');
    selects.push(`SELECT ${list} FROM ${filesSql(files)}${where && ` WHERE ${where}`}`);
  };
  add(whole, [filters]);
  if (period !== null && cut.length > 0)
    add(cut, [`"__time" >= ${bound.day(period.from)}`, `"__time" < ${bound.day(period.to, 1)}`, filters]);
  return `(${selects.join(' UNION ALL ')})`;
}

export const filesSql = (chunks: readonly PublishedChunk[]): string =>
  `read_parquet([${chunks.map(({ path }) => quoteString(path)).join(', ')}], hive_partitioning = false)`;

/** A source without rows that still has the columns. */
function emptySql(columns: ReadonlySet<string>): string {
  const list = CANONICAL_COLUMNS.filter(({ name }) => columns.has(name)).map(
    ({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`,
  );
  return `(SELECT ${list.join(', ') || '1 AS one'} WHERE false)`;
}
