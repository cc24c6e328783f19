import { pino } from 'pino';
import { AppError } from '#shared/errors/app-error';
import type { Log } from '../../services/diagnostics/ports.ts';
import { redact } from './redact.ts';
import { RotatingFile } from './rotating-file.ts';

/** An error with its chain of causes, stacks included; an {@link AppError} with code and details. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  return {
    ...(error instanceof AppError
      ? { code: error.code, details: error.details, correlationId: error.correlationId }
      : { message: error.message }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 5 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** JSON lines in `<folder>/engine.log`, 5 files of 5 MB at most, secrets redacted. */
export function createFileLog(folder: string): Log & { close(): void } {
  const file = new RotatingFile({ folder, name: 'engine', maxBytes: 5 * 1024 * 1024, keep: 4 });
  const logger = pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (details) => ({ ...redact(details) }) },
      serializers: { error: (error: unknown) => redact(describeError(error)) },
    },
    { write: (line: string) => file.write(line) },
  );
  return {
    debug: (details, message) => logger.debug(details, message),
    info: (details, message) => logger.info(details, message),
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
    close: () => file.close(),
  };
}
