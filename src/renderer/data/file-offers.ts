import { useEffect } from 'react';

/**
 * Files that someone gave Mauzo anywhere in the window: dropped, chosen or opened from the desktop. Offers that are
 * made before anybody takes them wait.
 */
export type FileOffer =
  | {
      readonly kind: 'drop';
      readonly files: readonly File[];
      /** Folders of the drop; `files` holds none of them. */
      readonly folders: readonly FileSystemEntry[];
      /** What the browser announced as a file and did not hand over. */
      readonly unreadable: readonly string[];
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

/**
 * Reads a drop; must be called inside the event, because the browser forgets its files afterwards. A file is taken as
 * such: asking its entry for it later goes to the browser once more, which may have let go of the drop by then.
 */
export function readDrop(transfer: DataTransfer): FileOffer {
  const files: File[] = [];
  const folders: FileSystemEntry[] = [];
  const unreadable: string[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry);
    else if (file) files.push(file);
    else unreadable.push(entry?.name ?? 'a dropped item');
  }
  return { kind: 'drop', files, folders, unreadable };
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
