import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DruidConnection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import {
  createDruidHttp,
  DRUID_HTTP_DEFAULTS,
  type DruidAnswer,
  type DruidHttp,
  type DruidHttpOptions,
} from './druid-http.ts';
import { parseLossless } from './lossless-json.ts';
import { sqlFailure } from './sql-failure.ts';

/** A value of a SQL answer. A LONG beyond 2^53 is a bigint; NaN and infinities of a DOUBLE are texts, as Druid sends them. */
const cellSchema = z.union([z.string(), z.number(), z.null(), z.bigint(), z.boolean()]);
export type DruidCell = z.infer<typeof cellSchema>;

/** First the names of the columns, then the rows. */
const sqlAnswerSchema = z.tuple([z.array(z.string())]).rest(z.array(cellSchema));

export interface DruidParameter {
  readonly type: 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'TIMESTAMP';
  readonly value: string | number | null;
}

export interface DruidRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly DruidCell[])[];
}

/** The management side: Coordinator and Overlord. Paths begin with `/druid/`. */
export interface DruidCoordinator {
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** Sent once, never again by itself: what comes twice here may be done twice. */
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  delete<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** The answer whatever its status is, for callers that decide by it. The body is parsed JSON, or the text itself. */
  exchange(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<{ status: number; body: unknown }>;
}

/** The query side. */
export interface DruidBroker {
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** A read, so it is asked again when the answer does not come. An abort also ends the query in Druid. */
  sql(
    query: string,
    parameters?: readonly DruidParameter[],
    context?: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<DruidRows>;
}

export interface DruidClient {
  readonly coordinator: DruidCoordinator;
  readonly broker: DruidBroker;
}

export interface DruidClientOptions {
  readonly connection: Pick<DruidConnection, 'coordinatorUrl' | 'brokerUrl' | 'username'>;
  readonly password?: string | undefined;
  readonly http?: Partial<DruidHttpOptions>;
  /** For one SQL query, in Druid too. */
  readonly queryTimeoutMs?: number;
}

const QUERY_TIMEOUT_MS = 120_000;

/**
 * Druid over HTTP. Errors: those of {@link createDruidHttp}, `druid.not_druid` (an answer that is not what Druid
 * sends), `druid.refused` (any other status than 2xx, with the whole text) and those of {@link sqlFailure}.
 */
export function createDruidClient(options: DruidClientOptions): DruidClient {
  const { connection, password } = options;
  const http = { ...DRUID_HTTP_DEFAULTS, ...options.http };
  const credentials =
    connection.username === null ? null : { username: connection.username, password: password ?? '' };
  const coordinator = createDruidHttp(connection.coordinatorUrl, credentials, http);
  const broker = createDruidHttp(connection.brokerUrl, credentials, http);
  return {
    coordinator: {
      get: (path, schema, signal) =>
        ask(coordinator, { method: 'GET', path, idempotent: true, signal }, schema),
      post: (path, body, schema, signal) =>
        ask(coordinator, { method: 'POST', path, body, idempotent: false, signal }, schema),
      delete: (path, schema, signal) =>
        ask(coordinator, { method: 'DELETE', path, idempotent: true, signal }, schema),
      async exchange(method, path, body, signal) {
        const idempotent = method === 'GET';
        const answer = await coordinator.send({ method, path, body, idempotent, signal });
        return { status: answer.status, body: jsonOrText(answer.text) };
      },
    },
    broker: {
      get: (path, schema, signal) => ask(broker, { method: 'GET', path, idempotent: true, signal }, schema),
      sql: (query, parameters, context, signal) =>
        runSql(
          broker,
          query,
          parameters ?? [],
          context ?? {},
          options.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
          signal,
        ),
    },
  };
}

async function ask<T>(
  http: DruidHttp,
  request: Parameters<DruidHttp['send']>[0],
  schema: z.ZodType<T>,
): Promise<T> {
  const answer = await http.send(request);
  const url = `${http.baseUrl}${request.path.split('?')[0] ?? ''}`;
  if (answer.status >= 200 && answer.status <= 299) return checked(schema, answer, url);
  const details = { url, status: answer.status, answer: answer.text.slice(0, MAX_SHOWN) };
  // Druid has all paths that are asked for here, and says in JSON what it minds.
  if (answer.status < 500 && (answer.status === 404 || answer.text.startsWith('<')))
    throw new AppError('druid.not_druid', 'conflict', details);
  throw new AppError('druid.refused', answer.status >= 500 ? 'unavailable' : 'conflict', details, {
    retryable: answer.status >= 500 || answer.status === 429,
  });
}

const MAX_SHOWN = 20_000;

function checked<T>(schema: z.ZodType<T>, answer: DruidAnswer, url: string): T {
  const parsed = schema.safeParse(jsonOrText(answer.text));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'druid.not_druid',
    'conflict',
    { url, status: answer.status, answer: answer.text.slice(0, 500) },
    { cause: parsed.error },
  );
}

/** A text that is not JSON stays a text: what a proxy answers in Druid's place. */
function jsonOrText(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}

async function runSql(
  http: DruidHttp,
  query: string,
  parameters: readonly DruidParameter[],
  context: Readonly<Record<string, unknown>>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<DruidRows> {
  const sqlQueryId = randomUUID();
  const path = '/druid/v2/sql';
  const url = `${http.baseUrl}${path}`;
  const body = {
    query,
    parameters,
    resultFormat: 'array',
    header: true,
    context: { timeout: timeoutMs, ...context, sqlQueryId },
  };
  try {
    // Druid ends the query by its own timeout; ours only has to outlive it.
    const answer = await http.send({
      method: 'POST',
      path,
      body,
      idempotent: true,
      signal,
      timeoutMs: timeoutMs + 5_000,
    });
    if (answer.status !== 200) throw sqlFailure(answer.status, jsonOrText(answer.text), url);
    const [columns, ...rows] = checked(sqlAnswerSchema, answer, url);
    return { columns, rows };
  } catch (error) {
    if (signal?.aborted) await stopQuery(http, sqlQueryId);
    throw error;
  }
}

/** Asks Druid to stop a query that nobody waits for. When that fails, the query's own timeout ends it. */
async function stopQuery(http: DruidHttp, sqlQueryId: string): Promise<void> {
  await Promise.allSettled([
    http.send({ method: 'DELETE', path: `/druid/v2/sql/${sqlQueryId}`, idempotent: false, timeoutMs: 2_000 }),
  ]);
}
