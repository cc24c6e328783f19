import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error';
import type { Lease } from './ports.ts';

export interface LeaseTerms {
  readonly ttlMs: number;
  /** What the lease protects, for people. */
  readonly chunk: string;
  /** A lease that could not be given back runs out by itself. */
  readonly onReleaseFailed: (error: unknown) => void;
}

/**
 * Runs a task while its lease is renewed, and gives the lease back. When the lease is lost, the task's signal aborts
 * and `publishing.lease_lost` is thrown.
 */
export async function holdingLease<T>(
  lease: Lease,
  terms: LeaseTerms,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const done = new AbortController();
  const keeping = keepRenewing(lease, terms.ttlMs, done.signal, () => lost.abort());
  try {
    return await task(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (lost.signal.aborted && !signal.aborted)
      throw new AppError(
        'publishing.lease_lost',
        'conflict',
        { chunk: terms.chunk },
        { cause: error, retryable: true },
      );
    throw error;
  } finally {
    done.abort();
    await keeping;
    try {
      await lease.release();
    } catch (error) {
      terms.onReleaseFailed(error);
    }
  }
}

/** A store that does not answer for a while costs the lease only when its time is over. */
async function keepRenewing(
  lease: Lease,
  ttlMs: number,
  done: AbortSignal,
  onLost: () => void,
): Promise<void> {
  let heldUntil = performance.now() + ttlMs;
  while (await waited(ttlMs / 3, done)) {
    const askedAt = performance.now();
    const held = await lease.renew().catch(() => performance.now() < heldUntil && 'unsure');
    if (held === true) heldUntil = askedAt + ttlMs;
    else if (held === false) {
      onLost();
      return;
    }
  }
}

async function waited(ms: number, done: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal: done });
    return true;
  } catch {
    return false;
  }
}
