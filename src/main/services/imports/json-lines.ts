import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { AppError } from '#shared/errors/app-error';
import { isMissing } from './canonical-files.ts';

const NEWLINE = 0x0a;

/** Counts the lines of a file; a missing file has none (and the ledger will say so). */
export async function countLines(path: string): Promise<number> {
  let lines = 0;
  let last = NEWLINE;
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      const buffer = bytes as Buffer;
      for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, at + 1)) lines += 1;
      last = buffer[buffer.length - 1] ?? last;
    }
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
  return last === NEWLINE ? lines : lines + 1;
}

/** The values of a JSON lines file, one at a time. `imports.report_unreadable` when a line is not what it should be. */
export async function* readJsonLines<S extends z.ZodType>(
  path: string,
  schema: S,
): AsyncGenerator<z.output<S>> {
  const input = createReadStream(path, { encoding: 'utf8' });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line === '') continue;
      yield parseLine(schema, line, path, number);
    }
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  } finally {
    lines.close();
    input.destroy();
  }
}

function parseLine<S extends z.ZodType>(schema: S, line: string, path: string, number: number): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new AppError('imports.report_unreadable', 'bug', { path, line: number }, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('imports.report_unreadable', 'bug', { path, line: number }, { cause: parsed.error });
}

/** One page of the lines that match; reads no further than it needs to. */
export async function pageOf<T>(
  lines: AsyncIterable<T>,
  page: { offset: number; limit: number },
  matches: (value: T) => boolean = () => true,
): Promise<T[]> {
  const found: T[] = [];
  let seen = 0;
  for await (const value of lines) {
    if (!matches(value)) continue;
    seen += 1;
    if (seen > page.offset) found.push(value);
    if (found.length === page.limit) break;
  }
  return found;
}
