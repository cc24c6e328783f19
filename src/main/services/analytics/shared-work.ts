import { AppError } from '#shared/errors/app-error';

/**
 * Work that many may wait for: equal questions in flight run once, answers are kept until {@link SharedWork.forget},
 * and work is aborted only when nobody waits for it any more.
 */
export interface SharedWork<T> {
  run(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Forgets answers; work in flight goes on, but its answer is not kept. */
  forget(): void;
  /** Aborts all work and forgets. */
  close(): void;
}

interface Running<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** `weightOf` an answer counts against `maxWeight`; the answers used longest ago make room. */
export function createSharedWork<T>(weightOf: (answer: T) => number, maxWeight: number): SharedWork<T> {
  const running = new Map<string, Running<T>>();
  const kept = new Map<string, { answer: T; weight: number }>();
  let weight = 0;

  const drop = (key: string) => {
    weight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, answer: T) => {
    drop(key);
    const own = weightOf(answer);
    if (own > maxWeight / 4) return;
    kept.set(key, { answer, weight: own });
    weight += own;
    for (const oldest of kept.keys()) {
      if (weight <= maxWeight) break;
      drop(oldest);
    }
  };

  const begin = (key: string, start: (signal: AbortSignal) => Promise<T>): Running<T> => {
    const controller = new AbortController();
    const work: Running<T> = { answer: start(controller.signal), controller, waiting: 0 };
    running.set(key, work);
    // Both outcomes reach the callers through `answer`; here only the books are kept.
    const settle = (finish: () => void) => {
      if (running.get(key) !== work) return;
      running.delete(key);
      finish();
    };
    work.answer.then(
      (answer) => settle(() => keep(key, answer)),
      () => settle(() => undefined),
    );
    return work;
  };

  const wait = (key: string, work: Running<T>, signal: AbortSignal | undefined): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      work.waiting += 1;
      const leave = () => {
        signal?.removeEventListener('abort', giveUp);
        work.waiting -= 1;
      };
      const giveUp = () => {
        leave();
        if (work.waiting === 0) {
          if (running.get(key) === work) running.delete(key);
          work.controller.abort();
        }
        reject(new AppError('app.cancelled', 'cancelled'));
      };
      signal?.addEventListener('abort', giveUp);
      work.answer.then(
        (answer) => {
          leave();
          resolve(answer);
        },
        (error: unknown) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });

  return {
    async run(key, signal, start) {
      if (signal?.aborted) throw new AppError('app.cancelled', 'cancelled');
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
        return found.answer;
      }
      return wait(key, running.get(key) ?? begin(key, start), signal);
    },
    forget() {
      kept.clear();
      weight = 0;
      running.clear();
    },
    close() {
      for (const work of running.values()) work.controller.abort();
      this.forget();
    },
  };
}
