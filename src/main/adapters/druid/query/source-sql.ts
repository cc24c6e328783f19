import { addDays, dayNumber, monthEnd, touchesMonth } from '#shared/domain/periods';
import type { Filter, Period } from '#shared/domain/query';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import type { Statement } from './druid-sql.ts';

/** Values of one statement; what a person typed reaches Druid only through here. */
export class BoundValues {
  readonly #values: string[] = [];

  /** The place of a value in a statement under construction; pieces may come together in any order. */
  text(value: string): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  /** The finished statement: Druid knows its parameters by order only. */
  statement(sql: string, context: Statement['context'] = {}): Statement {
    const values: string[] = [];
    const numbered = sql.replace(/\$(\d+)/g, (_, number) => {
      values.push(this.#values[Number(number) - 1] ?? '');
      return '?';
    });
    return { sql: numbered, values, context };
  }
}

/**
 * A text is there. Never as IS NOT NULL: the planner of Druid takes it away beside a NOT IN, by the rules of SQL, and
 * Druid's own NOT IN (before version 28) lets blanks through.
 */
export const hasText = (column: string): string => `CHAR_LENGTH(${column}) >= 0`;

/** An identifier of the catalogue, or a datasource name, which the connection's schema keeps to letters. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The chunks that a period touches; all when it is null. */
export const chunksOf = (chunks: readonly PublishedChunk[], period: Period | null): PublishedChunk[] =>
  chunks.filter(({ chunk }) => period === null || touchesMonth(period, chunk));

/**
 * The rows of the listed months in a period. A month that is in the datasource and not listed does not count yet: it
 * is never read. Null when no listed month is in the period.
 */
export function timeSql(chunks: readonly PublishedChunk[], period: Period | null): string | null {
  const spans: Period[] = [];
  for (const chunk of chunksOf(chunks, period)
    .map((one) => one.chunk)
    .sort()) {
    const from = later(`${chunk}-01`, period?.from);
    const to = earlier(monthEnd(`${chunk}-01`), period?.to);
    const before = spans.at(-1);
    if (before && addDays(before.to, 1) === from) spans[spans.length - 1] = { from: before.from, to };
    else spans.push({ from, to });
  }
  if (spans.length === 0) return null;
  const list = spans.map(
    ({ from, to }) =>
      `("__time" >= TIMESTAMP '${checkedDay(from)} 00:00:00' AND "__time" <= TIMESTAMP '${checkedDay(to)} 23:59:59.999')`,
  );
  return `(${list.join(' OR ')})`;
}

const later = (day: string, other = day): string => (day > other ? day : other);
const earlier = (day: string, other = day): string => (day < other ? day : other);

/** Days reach the engine checked; an impossible one is a bug of the caller. */
function checkedDay(day: string): string {
  if (dayNumber(day) === null) throw new RangeError(`not a calendar day: ${day}`);
  return day;
}

/** A condition on rows, with the tables that it needs beside the datasource. */
interface FilterSql {
  readonly joins: readonly string[];
  readonly conditions: readonly string[];
}

/** Null when no row can pass. A column that the datasource does not have is blank in every row. */
function filterSql(
  filters: readonly Filter[],
  hasColumn: (name: string) => boolean,
  bound: BoundValues,
): FilterSql | null {
  const known = filters.filter(({ dimension }) => hasColumn(dimension));
  if (!filters.every((filter) => known.includes(filter) || passesBlank(filter))) return null;
  const pieces = known.map((filter, index) =>
    filter.op === 'contains' ? containsSql(filter, bound) : listSql(filter, index, bound),
  );
  return {
    joins: pieces.flatMap(({ joins }) => joins),
    conditions: pieces.flatMap(({ conditions }) => conditions.map((condition) => `(${condition})`)),
  };
}

const passesBlank = (filter: Filter): boolean =>
  filter.op !== 'contains' && filter.values.includes(null) === (filter.op === 'in');

function containsSql(filter: Extract<Filter, { op: 'contains' }>, bound: BoundValues): FilterSql {
  const lower = lowerSql(quoteName(filter.dimension));
  return { joins: [], conditions: [`CONTAINS_STRING(${lower}, ${bound.text(simpleLower(filter.text))})`] };
}

/** Longer lists are joined as a table: the planner takes seconds for a few thousand values in an IN, and much memory. */
const INLINE_VALUES = 200;

function listSql(filter: Exclude<Filter, { op: 'contains' }>, index: number, bound: BoundValues): FilterSql {
  const column = quoteName(filter.dimension);
  const texts = [...new Set(filter.values.filter((value) => value !== null))];
  const hasBlank = filter.values.includes(null);
  const isJoined = texts.length > INLINE_VALUES;
  const listed = `"listed${index}"`;
  const values = texts.map((value) => bound.text(value));
  const joins = isJoined
    ? [
        `LEFT JOIN (SELECT v AS ${listed} FROM (VALUES ${values.map((value) => `(${value})`).join(', ')}) AS t(v)) AS f${index} ON ${column} = ${listed}`,
      ]
    : [];
  const isListed = isJoined ? `${listed} IS NOT NULL` : `${column} IN (${values.join(', ')})`;
  const isNot = isJoined ? `${listed} IS NULL` : `${column} NOT IN (${values.join(', ')})`;
  if (filter.op === 'in') {
    const some = [...(hasBlank ? [`${column} IS NULL`] : []), ...(texts.length > 0 ? [isListed] : [])];
    return { joins, conditions: [some.join(' OR ')] };
  }
  const none = texts.length > 0 ? [isNot] : [];
  return {
    joins,
    conditions: [
      hasBlank ? [hasText(column), ...none].join(' AND ') : [`${column} IS NULL`, ...none].join(' OR '),
    ],
  };
}

/**
 * Lower case letter by letter, as DuckDB knows it. Java and JavaScript know two letters that depend on what stands
 * around them or become two: they are replaced first.
 */
const lowerSql = (column: string): string => `LOWER(REPLACE(REPLACE(${column}, 'Σ', 'σ'), 'İ', 'i'))`;
export const simpleLower = (value: string): string =>
  value.replaceAll('Σ', 'σ').replaceAll('İ', 'i').toLowerCase();

/** `FROM … WHERE …` of the rows that a question is about; null when there can be none. */
export function sourceSql(
  request: {
    readonly datasource: string;
    readonly chunks: readonly PublishedChunk[];
    readonly period: Period | null;
    readonly filters: readonly Filter[];
    readonly hasColumn: (name: string) => boolean;
  },
  bound: BoundValues,
): string | null {
  const times = timeSql(request.chunks, request.period);
  const filter = filterSql(request.filters, request.hasColumn, bound);
  if (times === null || filter === null) return null;
  const from = [quoteName(request.datasource), ...filter.joins].join(' ');
  return `FROM ${from} WHERE ${[times, ...filter.conditions].join(' AND ')}`;
}
