import { useEffect } from 'react';

/**
 * Files that someone gave Mauzo anywhere in the window: dropped, chosen or opened from the desktop. The import page
 * takes them; offers made before it is open wait for it.
 */
export type FileOffer =
  | {
      readonly kind: 'drop';
      readonly files: readonly File[];
      /** Entries of the drop, folders included; empty where the browser gives none. */
      readonly entries: readonly FileSystemEntry[];
    }
  | { readonly kind: 'files'; readonly files: readonly File[] }
  /** Paths on this computer (Electron). */
  | { readonly kind: 'paths'; readonly paths: readonly string[] };

type Taker = (offer: FileOffer) => void;

let taker: Taker | null = null;
const waiting: FileOffer[] = [];

export function offerFiles(offer: FileOffer): void {
  if (taker) taker(offer);
  else waiting.push(offer);
}

/** Reads a drop; must be called inside the event, because the browser forgets its files afterwards. */
export function readDrop(transfer: DataTransfer): FileOffer | null {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const files = [...transfer.files];
  return files.length === 0 && entries.length === 0 ? null : { kind: 'drop', files, entries };
}

/** Takes every offer while mounted, those that waited first. `take` must not change between renders. */
export function useFileOffers(take: Taker): void {
  useEffect(() => {
    taker = take;
    for (const offer of waiting.splice(0)) take(offer);
    return () => {
      if (taker === take) taker = null;
    };
  }, [take]);
}
