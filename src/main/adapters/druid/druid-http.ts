import { AppError } from '#shared/errors/app-error';
import { pause } from '../../services/publishing/pause.ts';
import { networkFailure } from './network-failure.ts';

export interface DruidHttpOptions {
  /** For one try, from the request to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Answers that are larger are refused, so that a wrong address cannot fill the memory. */
  readonly maxAnswerBytes: number;
  /** Further tries of a request that changes nothing when it comes twice. */
  readonly retries: number;
  readonly retryDelayMs: number;
}

export const DRUID_HTTP_DEFAULTS: DruidHttpOptions = {
  timeoutMs: 30_000,
  maxAnswerBytes: 64 * 1024 * 1024,
  retries: 2,
  retryDelayMs: 250,
};

export interface DruidRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** True when sending it twice does what sending it once does: only then it is retried. */
  readonly idempotent: boolean;
  readonly timeoutMs?: number | undefined;
}

export interface DruidAnswer {
  readonly status: number;
  readonly text: string;
}

export interface DruidHttp {
  readonly baseUrl: string;
  /** Any status but 401, 403 and redirects is an answer; the caller judges it. */
  send(request: DruidRequest): Promise<DruidAnswer>;
}

/** Gateways and Druid itself say with these that the request was not carried out, or can be asked again. */
const TRANSIENT_STATUS: ReadonlySet<number> = new Set([429, 502, 503]);
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 3;

/**
 * Requests to one Druid service. Errors: `druid.unreachable`, `druid.tls`, `druid.timeout`, `druid.unauthorized`,
 * `druid.forbidden`, `druid.redirected`, `druid.answer_too_large`, `app.cancelled`.
 */
export function createDruidHttp(
  address: string,
  credentials: { readonly username: string; readonly password: string } | null,
  options: DruidHttpOptions,
): DruidHttp {
  const baseUrl = address.replace(/\/+$/, '');
  const authorization = credentials
    ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
    : null;

  /** A Druid that is not the leader redirects to the leader. The password never follows to another origin. */
  async function sendOnce(request: DruidRequest, signal: AbortSignal): Promise<DruidAnswer> {
    let url = new URL(`${baseUrl}${request.path}`);
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, {
        method: request.method,
        headers: {
          Accept: 'application/json',
          ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(authorization === null ? {} : { Authorization: authorization }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        redirect: 'manual',
        signal,
      });
      if (!REDIRECT_STATUS.has(response.status)) return judge(response, url, options.maxAnswerBytes);
      await response.body?.cancel();
      const location = response.headers.get('location');
      const target = location === null ? null : new URL(location, url);
      const stays = target !== null && (target.origin === url.origin || authorization === null);
      // 301 to 303 turn a POST into a GET: Druid never sends them, a login page does.
      const keepsMethod = response.status >= 307 || request.method === 'GET';
      if (target === null || !stays || !keepsMethod || redirects === MAX_REDIRECTS)
        throw new AppError('druid.redirected', 'conflict', {
          url: shown(url),
          target: target === null ? '' : shown(target),
        });
      url = target;
    }
  }

  async function tryOnce(request: DruidRequest): Promise<DruidAnswer> {
    const timeoutMs = request.timeoutMs ?? options.timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await sendOnce(request, request.signal ? AbortSignal.any([request.signal, timeout]) : timeout);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (request.signal?.aborted) throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
      const details = { url: `${baseUrl}${pathOf(request.path)}` };
      if (timeout.aborted)
        throw new AppError(
          'druid.timeout',
          'timeout',
          { ...details, seconds: timeoutMs / 1_000 },
          { cause: error },
        );
      throw networkFailure(error, details.url);
    }
  }

  return {
    baseUrl,
    async send(request) {
      if (request.signal?.aborted) throw new AppError('app.cancelled', 'cancelled');
      const retries = request.idempotent ? options.retries : 0;
      for (let retry = 0; ; retry += 1) {
        try {
          const answer = await tryOnce(request);
          if (retry === retries || !TRANSIENT_STATUS.has(answer.status)) return answer;
        } catch (error) {
          if (retry === retries || !(error instanceof AppError) || !error.retryable) throw error;
        }
        await pause(options.retryDelayMs * 2 ** retry * (0.5 + Math.random()), request.signal);
      }
    },
  };
}

async function judge(response: Response, url: URL, maxBytes: number): Promise<DruidAnswer> {
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    throw response.status === 401
      ? new AppError('druid.unauthorized', 'permission', { url: shown(url) })
      : new AppError('druid.forbidden', 'permission', { url: shown(url) });
  }
  return { status: response.status, text: await readText(response, url, maxBytes) };
}

async function readText(response: Response, url: URL, maxBytes: number): Promise<string> {
  if (!response.body) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by a throw cancels the stream.
  for await (const piece of response.body) {
    bytes += piece.byteLength;
    if (bytes > maxBytes)
      throw new AppError('druid.answer_too_large', 'limit', { url: shown(url), maxBytes });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const shown = (url: URL) => `${url.origin}${url.pathname}`;
const pathOf = (path: string) => path.split('?')[0] ?? path;
