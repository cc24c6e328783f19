import { useCallback, useState } from 'react';
import type { Input } from '#shared/contract/index';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';
import { useFileOffers, type FileOffer } from '../../../data/file-offers.ts';
import { servicesOf } from '../imports-services.ts';
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

export interface Intake {
  /** Waits for a yes: so many files are easily a wrong folder. */
  readonly toConfirm: { readonly count: number; readonly from: string } | null;
  /** What was left out of the last drop, for one line under the drop zone. */
  readonly notice: string | null;
  readonly error: AppError | null;
  readonly confirm: () => void;
  readonly dismiss: () => void;
}

const FILES_PER_CALL = 500;

/** Takes what is dropped, chosen or opened anywhere in the window and starts it. */
export function useIntake(): Intake {
  const engine = useEngine();
  const [waiting, setWaiting] = useState<{ ready: Ready; count: number; from: string } | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(null);

  const begin = useCallback(
    async (ready: Ready) => {
      if (ready.kind === 'files') {
        servicesOf(engine).uploads.add(ready.files);
        return;
      }
      for (let at = 0; at < ready.paths.length; at += FILES_PER_CALL) {
        const files: Input<'imports.start'>['files'] = ready.paths
          .slice(at, at + FILES_PER_CALL)
          .map((path) => ({ kind: 'path', path }));
        await engine.call('imports.start', { files });
      }
    },
    [engine],
  );
  const start = useCallback(
    (ready: Ready) => {
      begin(ready).catch((thrown: unknown) => setError(toAppError(thrown)));
    },
    [begin],
  );

  const take = useCallback(
    (offer: FileOffer) => {
      setError(null);
      prepare(offer)
        .then(({ ready, count, left, folders }) => {
          setNotice(left);
          if (count === 0) return;
          if (count >= ASK_FROM_FILES) setWaiting({ ready, count, from: folders.join(', ') });
          else start(ready);
        })
        .catch((thrown: unknown) => setError(toAppError(thrown)));
    },
    [start],
  );
  useFileOffers(take);

  return {
    toConfirm: waiting,
    notice,
    error,
    confirm() {
      if (waiting) start(waiting.ready);
      setWaiting(null);
    },
    dismiss() {
      setWaiting(null);
      setNotice(null);
      setError(null);
    },
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
    offer.kind === 'drop' && offer.entries.length > 0
      ? await collectEntries<File>(offer.entries)
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
