/**
 * What a drop holds, folders opened. Reads only names, never contents: what a file is, its bytes say later.
 */
export interface Collected<F> {
  readonly files: readonly F[];
  /** Files that are never sales data, with the reason for each kind. */
  readonly ignored: readonly IgnoredFile[];
  /** Top-level folders that were opened, by name. */
  readonly folders: readonly string[];
  /** Files and folders that could not be read, by name. */
  readonly unreadable: readonly string[];
}

export type IgnoreReason = 'lock' | 'system' | 'other';
export interface IgnoredFile {
  readonly name: string;
  readonly reason: IgnoreReason;
}

/** The parts of `FileSystemEntry` that are used; the browser's own objects fit. */
export interface EntryLike {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly name: string;
}
export interface FileEntryLike<F> extends EntryLike {
  file(success: (file: F) => void, failure: (error: unknown) => void): void;
}
export interface DirectoryEntryLike extends EntryLike {
  createReader(): {
    readEntries(success: (entries: readonly EntryLike[]) => void, failure: (error: unknown) => void): void;
  };
}

const SYSTEM_NAMES = new Set(['thumbs.db', 'desktop.ini', '.ds_store']);
/** Kinds that a folder often holds beside its spreadsheets; dropped one by one they are tried and named. */
const OTHER_KINDS =
  /\.(pdf|docx?|pptx?|rtf|odt|odp|png|jpe?g|gif|bmp|tiff?|webp|heic|svg|mp[34]|mov|avi|wav|zip|rar|7z|gz|tar|exe|dll|msi|dmg|lnk|url|html?|css|js|xml|json|log|bak|tmp|msg|eml)$/i;

/**
 * Why a name is left out, or null. Excel keeps `~$Book.xlsx` beside an open workbook: it holds a user name and no data.
 */
export function ignoreReason(name: string, inFolder: boolean): IgnoreReason | null {
  if (name.startsWith('~$') || name.startsWith('.~lock.')) return 'lock';
  if (SYSTEM_NAMES.has(name.toLowerCase())) return 'system';
  if (inFolder && name.startsWith('.')) return 'system';
  if (inFolder && OTHER_KINDS.test(name)) return 'other';
  return null;
}

/** Opens folders to any depth. Entries must be taken from the event before it ends: `webkitGetAsEntry` in the handler. */
export async function collectEntries<F extends { readonly name: string }>(
  entries: readonly EntryLike[],
): Promise<Collected<F>> {
  const files: F[] = [];
  const ignored: IgnoredFile[] = [];
  const unreadable: string[] = [];

  const visit = async (entry: EntryLike, inFolder: boolean): Promise<void> => {
    if (entry.isDirectory) {
      let children: readonly EntryLike[];
      try {
        children = await readAll(entry as DirectoryEntryLike);
      } catch {
        unreadable.push(entry.name);
        return;
      }
      for (const child of [...children].sort((a, b) => (a.name < b.name ? -1 : 1))) await visit(child, true);
      return;
    }
    const reason = ignoreReason(entry.name, inFolder);
    if (reason) {
      ignored.push({ name: entry.name, reason });
      return;
    }
    try {
      files.push(await fileOf(entry as FileEntryLike<F>));
    } catch {
      unreadable.push(entry.name);
    }
  };

  for (const entry of entries) await visit(entry, false);
  const folders = entries.filter((entry) => entry.isDirectory).map((entry) => entry.name);
  return { files, ignored, folders, unreadable };
}

/** The same for a plain list: a file input, or a browser without entries. */
export function collectFiles<F extends { readonly name: string; readonly webkitRelativePath?: string }>(
  list: readonly F[],
): Collected<F> {
  const files: F[] = [];
  const ignored: IgnoredFile[] = [];
  for (const file of list) {
    const reason = ignoreReason(file.name, (file.webkitRelativePath ?? '') !== '');
    if (reason) ignored.push({ name: file.name, reason });
    else files.push(file);
  }
  return { files, ignored, folders: [], unreadable: [] };
}

const fileOf = <F>(entry: FileEntryLike<F>) =>
  new Promise<F>((resolve, reject) => entry.file(resolve, (error) => reject(asError(error))));

/** A reader answers at most 100 entries a call (Chromium); the end is an empty answer. */
async function readAll(directory: DirectoryEntryLike): Promise<readonly EntryLike[]> {
  const reader = directory.createReader();
  const all: EntryLike[] = [];
  for (;;) {
    const batch = await new Promise<readonly EntryLike[]>((resolve, reject) =>
      reader.readEntries(resolve, (error) => reject(asError(error))),
    );
    if (batch.length === 0) return all;
    all.push(...batch);
  }
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** From this many files on a drop is confirmed first: a wrong folder is easily dropped. */
export const ASK_FROM_FILES = 500;

/** One line for people about what was left out, or null when nothing was. */
export function describeLeftOut(collected: Collected<unknown>): string | null {
  const parts: string[] = [];
  const of = (reason: IgnoreReason) => collected.ignored.filter((file) => file.reason === reason);
  const locks = of('lock');
  if (locks.length > 0) {
    const names = some(locks.map((file) => file.name));
    parts.push(
      locks.length === 1
        ? `${names} is the lock file of an open workbook and holds no rows`
        : `${names} are lock files of open workbooks and hold no rows`,
    );
  }
  const rest = [...of('system'), ...of('other')];
  if (rest.length > 0)
    parts.push(
      `${some(rest.map((file) => file.name))} ${rest.length === 1 ? 'is not a spreadsheet' : 'are not spreadsheets'}`,
    );
  if (collected.unreadable.length > 0) parts.push(`${some(collected.unreadable)} could not be read`);
  if (parts.length > 0) return `Left out: ${parts.join('; ')}.`;
  if (collected.files.length === 0 && collected.folders.length > 0)
    return `${some(collected.folders.map((name) => `“${name}”`))} ${collected.folders.length === 1 ? 'holds' : 'hold'} no files.`;
  return null;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 2).join(', ');
  return names.length > 2 ? `${shown} and ${(names.length - 2).toLocaleString('en')} more` : shown;
}
