import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAttempt, IngestWriter, PartStore } from './ports.ts';

export interface IngestPartsOptions {
  readonly dataset: string;
  readonly writer: IngestWriter;
  readonly objects: PartStore;
  /** Parts are written here and removed once they are objects. */
  readonly tempFolder: string;
}

/** Characters of the hash in a key: two generations built apart never fight for one name. */
const HASH_IN_KEY = 16;

/**
 * Writes the rows of a derived file as parts, stores them under `ingest/<dataset>/<yyyy-mm>/<generation>/` and reads each
 * back. The same file gives the same keys and bytes, so that a repetition finds everything there.
 */
export async function storeIngestParts(
  options: IngestPartsOptions,
  source: { readonly chunk: string; readonly generation: number; readonly path: string },
  signal: AbortSignal,
  onWritten: () => void,
): Promise<ClusterAttempt['inputs']> {
  await mkdir(options.tempFolder, { recursive: true });
  const folder = await mkdtemp(join(options.tempFolder, 'ingest-'));
  try {
    const parts = await options.writer.write({ path: source.path, folder }, signal);
    onWritten();
    const inputs = [];
    for (const [index, { path, sha256, rows }] of parts.entries()) {
      const name = `part-${index + 1}-${sha256.slice(0, HASH_IN_KEY)}.ndjson.gz`;
      const key = `ingest/${options.dataset}/${source.chunk}/${source.generation}/${name}`;
      await options.objects.putFile(key, path, { sha256, signal });
      await options.objects.verify(key, sha256, signal);
      inputs.push({ key, sha256, rows });
    }
    return inputs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
