import { AppError, toAppError, type AppErrorJson } from '#shared/errors/app-error';

/** Where a file is on its way from the browser to the engine. */
export type UploadState = 'waiting' | 'sending' | 'starting' | 'failed';

export interface UploadEntry {
  readonly id: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly bytesDone: number;
  /** Mean of the last seconds; null until it is known. */
  readonly bytesPerSecond: number | null;
  readonly etaMs: number | null;
  readonly error: AppErrorJson | null;
  /** ISO 8601. */
  readonly addedAt: string;
}

/** What the manager needs of a dropped file; a browser `File` fits. */
export interface UploadSource {
  readonly name: string;
  readonly size: number;
}

export interface UploadPort<F extends UploadSource> {
  /** Sends the bytes; answers the id under which the host staged them. */
  send(
    file: F,
    options: { readonly signal: AbortSignal; readonly onProgress: (bytesDone: number) => void },
  ): Promise<{ readonly uploadId: string }>;
  /** Makes a job of staged bytes. */
  start(uploadId: string): Promise<unknown>;
  now(): number;
}

export interface UploadManager<F extends UploadSource> {
  add(files: readonly F[]): void;
  retry(id: string): void;
  /** Stops the transfer, or takes a failed one off the list. Nothing reached the engine. */
  cancel(id: string): void;
  readonly subscribe: (listener: () => void) => () => void;
  /** The same array until something changes. */
  readonly entries: () => readonly UploadEntry[];
}

/** Two at a time: enough to fill the disk, few enough that the first file is checked early. */
export const PARALLEL_UPLOADS = 2;
const RATE_WINDOW_MS = 5_000;

interface Slot<F> {
  readonly file: F;
  entry: UploadEntry;
  abort: AbortController | null;
  /** Staged already: a retry after a failed start sends no bytes again. */
  uploadId: string | null;
  samples: { at: number; bytes: number }[];
}

export function createUploadManager<F extends UploadSource>(port: UploadPort<F>): UploadManager<F> {
  const slots = new Map<string, Slot<F>>();
  const listeners = new Set<() => void>();
  let snapshot: readonly UploadEntry[] = [];
  let counter = 0;

  const publish = () => {
    snapshot = [...slots.values()].map((slot) => slot.entry);
    for (const listener of listeners) listener();
  };
  const patch = (slot: Slot<F>, change: Partial<UploadEntry>) => {
    slot.entry = { ...slot.entry, ...change };
    publish();
  };
  const alive = (slot: Slot<F>) => slots.get(slot.entry.id) === slot;

  const pump = () => {
    const busy = [...slots.values()].filter((slot) => slot.abort !== null).length;
    const waiting = [...slots.values()].filter((slot) => slot.entry.state === 'waiting');
    for (const slot of waiting.slice(0, Math.max(0, PARALLEL_UPLOADS - busy))) void run(slot);
  };

  const run = async (slot: Slot<F>): Promise<void> => {
    const abort = new AbortController();
    slot.abort = abort;
    slot.samples = [{ at: port.now(), bytes: 0 }];
    try {
      if (slot.uploadId === null) {
        patch(slot, { state: 'sending', bytesDone: 0, bytesPerSecond: null, etaMs: null, error: null });
        const answer = await port.send(slot.file, {
          signal: abort.signal,
          onProgress: (bytesDone) => {
            if (alive(slot)) patch(slot, progressOf(slot, bytesDone, port.now()));
          },
        });
        slot.uploadId = answer.uploadId;
      }
      if (!alive(slot)) return;
      patch(slot, { state: 'starting', bytesDone: slot.file.size, etaMs: null, error: null });
      await port.start(slot.uploadId);
      slots.delete(slot.entry.id);
      publish();
    } catch (thrown) {
      if (!alive(slot)) return;
      const error = toAppError(thrown);
      // The host forgets staged bytes when it restarts: then they must be sent again.
      if (error.code === 'imports.upload_unknown') slot.uploadId = null;
      patch(slot, { state: 'failed', bytesPerSecond: null, etaMs: null, error: error.toJSON() });
    } finally {
      slot.abort = null;
      pump();
    }
  };

  return {
    add(files) {
      for (const file of files) {
        counter += 1;
        const id = `u${counter}`;
        slots.set(id, {
          file,
          abort: null,
          uploadId: null,
          samples: [],
          entry: {
            id,
            fileName: file.name,
            sizeBytes: file.size,
            state: 'waiting',
            bytesDone: 0,
            bytesPerSecond: null,
            etaMs: null,
            error: null,
            addedAt: new Date(port.now()).toISOString(),
          },
        });
      }
      publish();
      pump();
    },
    retry(id) {
      const slot = slots.get(id);
      if (slot?.entry.state !== 'failed') return;
      patch(slot, { state: 'waiting', error: null, bytesDone: 0 });
      pump();
    },
    cancel(id) {
      const slot = slots.get(id);
      if (!slot) return;
      slots.delete(id);
      slot.abort?.abort(new AppError('app.cancelled', 'cancelled'));
      publish();
      pump();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    entries: () => snapshot,
  };
}

function progressOf<F>(slot: Slot<F>, bytesDone: number, now: number): Partial<UploadEntry> {
  slot.samples.push({ at: now, bytes: bytesDone });
  while (slot.samples.length > 2 && now - (slot.samples[0]?.at ?? now) > RATE_WINDOW_MS) slot.samples.shift();
  const first = slot.samples[0];
  const elapsedMs = first ? now - first.at : 0;
  if (!first || elapsedMs <= 0) return { bytesDone };
  const bytesPerSecond = ((bytesDone - first.bytes) / elapsedMs) * 1000;
  const left = Math.max(0, slot.entry.sizeBytes - bytesDone);
  return { bytesDone, bytesPerSecond, etaMs: bytesPerSecond > 0 ? (left / bytesPerSecond) * 1000 : null };
}
