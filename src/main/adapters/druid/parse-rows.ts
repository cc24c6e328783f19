import { z } from 'zod';
import { AppError } from '#shared/errors/app-error';
import type { DruidRows } from './druid-client.ts';

/** Rows of a SQL answer as what they must be; `druid.not_druid` when a column holds something else. */
export function parseRows<T>(row: z.ZodType<T>, { columns, rows }: DruidRows): readonly T[] {
  const parsed = z.array(row).safeParse(rows);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'druid.not_druid',
    'conflict',
    { url: '/druid/v2/sql', status: 200, answer: `unexpected values under ${columns.join(', ')}` },
    { cause: parsed.error },
  );
}
