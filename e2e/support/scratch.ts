import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a file for a drop into `folder` and says where it is. */
export function writeScratch(folder: string, fileName: string, content: string | Uint8Array): string {
  const path = join(folder, fileName);
  writeFileSync(path, content);
  return path;
}
