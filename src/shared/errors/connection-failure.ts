import { CONNECTION_KINDS, type ConnectionKind } from '../domain/connections.ts';
import type { AppErrorJson } from './app-error.ts';

/** The connection that an error comes from, by the area of its code; null for every other error. */
export function connectionOf(error: Pick<AppErrorJson, 'code'>): ConnectionKind | null {
  const area = error.code.slice(0, error.code.indexOf('.'));
  return CONNECTION_KINDS.find((kind) => kind === area) ?? null;
}

/**
 * The connection that is away, when an error says so and nothing is wrong with what was asked: the same again will do
 * later. Null for everything that a person has to put right.
 */
export function awayConnection(
  error: Pick<AppErrorJson, 'code' | 'kind' | 'retryable'>,
): ConnectionKind | null {
  const passing = error.retryable && (error.kind === 'unavailable' || error.kind === 'timeout');
  return passing ? connectionOf(error) : null;
}
