import type { Input } from '#shared/contract/index';
import { toAppError, type AppError } from '#shared/errors/app-error';
import type { FileOffer } from '../../../data/file-offers.ts';
import type { Engine } from '../../../rpc-client.ts';
import type { UploadManager } from '../upload/upload-manager.ts';
import {
  ASK_FROM_FILES,
  collectEntries,
  collectFiles,
  describeLeftOut,
  ignoreReason,
  type Collected,
} from './collect-files.ts';

/** Files that are ready to be imported: by path where the host sees the disk, as bytes elsewhere. */
type Ready =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly File[] };

export interface IntakeState {
  /** Waits for a yes: so many files are easily a wrong folder. */
  readonly toConfirm: { readonly count: number; readonly from: string } | null;
  /** What was left out of the last drop, for one line under the drop zone. */
  readonly notice: string | null;
  readonly error: AppError | null;
}

/** Takes what is dropped, chosen or opened anywhere in the window and starts it, whichever page is open. */
export interface Intake {
  take(offer: FileOffer): void;
  confirm(): void;
  dismiss(): void;
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until something changes. */
  readonly state: () => IntakeState;
}

const FILES_PER_CALL = 500;

export function createIntake(engine: Engine, uploads: UploadManager<File>): Intake {
  const listeners = new Set<() => void>();
  let state: IntakeState = { toConfirm: null, notice: null, error: null };
  let waiting: Ready | null = null;
  const set = (change: Partial<IntakeState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const fail = (thrown: unknown) => set({ error: toAppError(thrown) });

  const begin = async (ready: Ready): Promise<void> => {
    if (ready.kind === 'files') {
      uploads.add(ready.files);
      return;
    }
    for (let at = 0; at < ready.paths.length; at += FILES_PER_CALL) {
      const files: Input<'imports.start'>['files'] = ready.paths
        .slice(at, at + FILES_PER_CALL)
        .map((path) => ({ kind: 'path', path }));
      await engine.call('imports.start', { files });
    }
  };

  const receive = async (offer: FileOffer): Promise<void> => {
    const { ready, count, left, folders } = await prepare(offer);
    set({ notice: left });
    if (count === 0) return;
    if (count >= ASK_FROM_FILES) {
      waiting = ready;
      set({ toConfirm: { count, from: folders.join(', ') } });
    } else await begin(ready);
  };

  return {
    take(offer) {
      set({ error: null });
      receive(offer).catch(fail);
    },
    confirm() {
      const ready = waiting;
      waiting = null;
      set({ toConfirm: null });
      if (ready) begin(ready).catch(fail);
    },
    dismiss() {
      waiting = null;
      set({ toConfirm: null, notice: null, error: null });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}

interface Prepared {
  readonly ready: Ready;
  readonly count: number;
  readonly left: string | null;
  readonly folders: readonly string[];
}

async function prepare(offer: FileOffer): Promise<Prepared> {
  if (offer.kind === 'paths') return preparePaths(offer.paths);
  const collected =
    offer.kind === 'drop'
      ? join(collectFiles(offer.files), await collectEntries<File>(offer.folders), offer.unreadable)
      : collectFiles(offer.files);
  const bridge = window.mauzo;
  if (!bridge) {
    return {
      ready: { kind: 'files', files: collected.files },
      count: collected.files.length,
      left: describeLeftOut(collected),
      folders: collected.folders,
    };
  }
  const located = collected.files.map((file) => ({ file, path: bridge.pathForFile(file) }));
  const paths = located.flatMap(({ path }) => (path === '' ? [] : [path]));
  const lost = located.flatMap(({ file, path }) => (path === '' ? [file.name] : []));
  const all: Collected<File> = { ...collected, unreadable: [...collected.unreadable, ...lost] };
  return {
    ready: { kind: 'paths', paths },
    count: paths.length,
    left: describeLeftOut(all),
    folders: collected.folders,
  };
}

function join(
  plain: Collected<File>,
  inFolders: Collected<File>,
  unreadable: readonly string[],
): Collected<File> {
  return {
    files: [...plain.files, ...inFolders.files],
    ignored: [...plain.ignored, ...inFolders.ignored],
    folders: inFolders.folders,
    unreadable: [...plain.unreadable, ...inFolders.unreadable, ...unreadable],
  };
}

function preparePaths(paths: readonly string[]): Prepared {
  const named = paths.map((path) => ({ path, name: path.split(/[\\/]/).at(-1) ?? path }));
  const ignored = named.flatMap(({ name }) => {
    const reason = ignoreReason(name, false);
    return reason ? [{ name, reason }] : [];
  });
  const kept = named.flatMap(({ name, path }) => (ignoreReason(name, false) ? [] : [path]));
  return {
    ready: { kind: 'paths', paths: kept },
    count: kept.length,
    left: describeLeftOut({ files: kept, ignored, folders: [], unreadable: [] }),
    folders: [],
  };
}
