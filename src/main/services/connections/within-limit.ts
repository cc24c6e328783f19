/**
 * Runs something that may not take longer than a limit: then its signal is aborted and `late` is the answer. An abort
 * from outside is passed on, and what runs decides how it ends: it may have something to clean up.
 */
export async function withinLimit<T>(
  limitMs: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
  late: () => T,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  const over = Promise.withResolvers<T>();
  const timer = setTimeout(() => {
    over.resolve(late());
    controller.abort();
  }, limitMs);
  try {
    return await Promise.race([run(controller.signal), over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
