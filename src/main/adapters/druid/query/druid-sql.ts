/** What the engine needs of a Druid broker. The rows of an answer stand in the order of the statement's columns. */
export interface DruidSql {
  /** LONG values beyond 2^53 must come as bigint or text: no digit may be lost. An abort ends the query in Druid too. */
  sql(
    query: string,
    parameters: readonly { readonly type: 'VARCHAR'; readonly value: string }[],
    context: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly (readonly DruidValue[])[] }>;
}

export type DruidValue = string | number | bigint | boolean | null;

/** A statement whose values are bound. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly string[];
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Runs one statement and answers its rows. */
export type Ask = (statement: Statement) => Promise<readonly (readonly DruidValue[])[]>;

/** Druid's usual answers are approximate where exact ones cost more; never here. */
const EXACT = {
  sqlTimeZone: 'UTC',
  useApproximateCountDistinct: false,
  useApproximateTopN: false,
};

export const askOf =
  (druid: DruidSql, signal?: AbortSignal): Ask =>
  async ({ sql, values, context }) => {
    const parameters = values.map((value) => ({ type: 'VARCHAR' as const, value }));
    const { rows } = await druid.sql(sql, parameters, { ...context, ...EXACT }, signal);
    return rows;
  };

/** A whole number of an answer; null stays null. Anything else would be a figure of which digits are lost. */
export function integer(value: DruidValue | undefined): bigint | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw new RangeError(`not a whole number: ${String(value)}`);
}

export const text = (value: DruidValue | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** The day of a TIMESTAMP, which comes as ISO 8601 in UTC. */
export function day(value: DruidValue | undefined): string {
  const found = typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}(?=T)/.exec(value) : null;
  if (!found) throw new RangeError(`not a time: ${String(value)}`);
  return found[0];
}

/** The month `yyyy-mm` of a TIMESTAMP. */
export const month = (value: DruidValue | undefined): string => day(value).slice(0, 7);
