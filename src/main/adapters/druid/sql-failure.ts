import { z } from 'zod';
import { AppError } from '#shared/errors/app-error';

/** What the SQL endpoint answers with instead of rows; up to Druid 26 with `errorClass`, later with `category`. */
const failureSchema = z.object({
  error: z.string().nullish(),
  errorMessage: z.string().nullish(),
  errorClass: z.string().nullish(),
  category: z.string().nullish(),
});

/**
 * Names a SQL answer that is not rows: `druid.query_timeout`, `druid.query_limit`, `druid.busy`,
 * `druid.query_refused` (Druid does not understand it, or the datasource or column is not there),
 * `druid.no_sql` (a service that is no Broker), `druid.query_failed`.
 */
export function sqlFailure(status: number, body: unknown, url: string): AppError {
  const parsed = failureSchema.safeParse(body);
  const failure = parsed.success ? parsed.data : {};
  const text = failure.errorMessage ?? (typeof body === 'string' ? body : JSON.stringify(body));
  const details = { url, status, answer: text.slice(0, 20_000), errorClass: failure.errorClass ?? '' };
  const kind = failure.category ?? failure.error ?? '';
  if (status === 404 || status === 405) return new AppError('druid.no_sql', 'conflict', details);
  if (status === 504 || kind === 'Query timeout' || kind === 'TIMEOUT')
    return new AppError('druid.query_timeout', 'timeout', details);
  if (status === 429 || kind === 'Query capacity exceeded' || kind === 'CAPACITY_EXCEEDED')
    return new AppError('druid.busy', 'unavailable', details);
  if (kind === 'Resource limit exceeded') return new AppError('druid.query_limit', 'limit', details);
  if (status === 400) return new AppError('druid.query_refused', 'input', details);
  return new AppError('druid.query_failed', 'unavailable', details);
}
