import { useSyncExternalStore } from 'react';

let lastMs: number | null = null;
const listeners = new Set<() => void>();

/** Remembers how long the engine took for the newest answer, for the status bar. */
export function recordAnswer(elapsedMs: number): void {
  lastMs = elapsedMs;
  for (const listener of listeners) listener();
}

/** Milliseconds in the engine of the newest answer; null before the first. */
export function useLastAnswerMs(): number | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lastMs,
  );
}
