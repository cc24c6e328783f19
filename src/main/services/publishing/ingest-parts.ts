import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import type { ChunkLoad, IngestObjects, IngestWriter, PublishedChunk } from './ports.ts';

/** The hash makes it another object when its bytes are others, so that none is ever overwritten. */
const ingestKey = (dataset: string, file: PublishedChunk, part: number, sha256: string) =>
  `ingest/${dataset}/${file.chunk}/${file.generation}/part-${part}-${sha256.slice(0, 16)}.ndjson.gz`;

export interface IngestPartsOptions {
  readonly dataset: string;
  readonly writer: IngestWriter;
  readonly objects: IngestObjects;
  /** For files that live as long as they are written and stored. */
  readonly folder: string;
}

/** Writes the rows of a chunk as ingest parts and puts them into the object store. */
export async function storeParts(
  { dataset, writer, objects, folder }: IngestPartsOptions,
  file: PublishedChunk,
  signal: AbortSignal,
): Promise<ChunkLoad['inputs']> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, `${file.chunk}-`));
  try {
    const parts = await writer.write({ path: file.path, folder: own }, signal);
    const inputs: { key: string; sha256: string; rows: number }[] = [];
    for (const { path, sha256, rows } of parts) {
      const key = ingestKey(dataset, file, inputs.length + 1, sha256);
      await objects.putFile(key, path, { sha256, signal });
      inputs.push({ key, sha256, rows });
    }
    const written = inputs.reduce((sum, { rows }) => sum + rows, 0);
    if (written !== file.rows)
      throw new AppError('publishing.chunk_differs', 'bug', {
        chunk: file.chunk,
        check: 'rows',
        expected: String(file.rows),
        actual: String(written),
        importId: '',
      });
    return inputs;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/**
 * Reads back what was stored, so that the cluster is not told to read anything else: rows that it has published are
 * seen at once. Throws `objects.missing`, `objects.altered` or `s3.object_altered`.
 */
export async function verifyParts(
  objects: IngestObjects,
  inputs: ChunkLoad['inputs'],
  signal: AbortSignal,
): Promise<void> {
  for (const { key, sha256 } of inputs) await objects.verify(key, sha256, signal);
}
