import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error';

/** Waits; `app.cancelled` when aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
  }
}
