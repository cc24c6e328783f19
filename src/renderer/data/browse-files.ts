import type { FileOffer } from './file-offers.ts';

export const ACCEPTED_EXTENSIONS = ['.csv', '.tsv', '.txt', '.xlsx', '.parquet'] as const;

/** Asks for files with the dialog of this host; null when it was dismissed. Call it from a click. */
export async function browseFiles(): Promise<FileOffer | null> {
  if (window.mauzo) {
    const paths = await window.mauzo.openFiles();
    return paths.length === 0 ? null : { kind: 'paths', paths };
  }
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.accept = ACCEPTED_EXTENSIONS.join(',');
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      resolve(files.length === 0 ? null : { kind: 'files', files });
    });
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
