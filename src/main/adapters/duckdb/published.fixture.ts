import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChunkBuilder, PublishedChunk } from '../../services/publishing/ports.ts';
import { createLocalAnalyticsEngine, type LocalAnalyticsEngine } from './analytics-engine.ts';
import { writeCanonical, type TestRow } from './canonical-rows.fixture.ts';
import { createChunkBuilder } from './chunk-builder.ts';

export interface Published {
  readonly root: string;
  readonly engine: LocalAnalyticsEngine;
  /** Rows as they are published: canonical Parquet by month, then derived chunks. */
  publish(rows: readonly TestRow[]): Promise<PublishedChunk[]>;
  /** The same without building: canonical files have the columns of derived ones. Quicker, for many small tables. */
  write(rows: readonly TestRow[]): Promise<PublishedChunk[]>;
  close(): Promise<void>;
}

/** An engine and a builder over a folder of their own, whose name needs quoting. */
export async function openPublished(): Promise<Published> {
  const root = await mkdtemp(join(tmpdir(), "mauzo-o'engine-"));
  const options = {
    allowedDirectories: [root],
    memoryLimit: '512MB',
    threads: 2,
    tempDirectory: join(root, 'spill'),
  };
  const engine = await createLocalAnalyticsEngine(options);
  const builder: ChunkBuilder & { close(): Promise<void> } = await createChunkBuilder(options);
  let files = 0;
  const write = async (rows: readonly TestRow[]): Promise<PublishedChunk[]> => {
    const months = new Set(rows.map((row) => row.time.slice(0, 7)));
    const chunks: PublishedChunk[] = [];
    for (const chunk of [...months].sort()) {
      files += 1;
      const some = rows.filter((row) => row.time.startsWith(chunk));
      const path = await writeCanonical(join(root, `${files}.parquet`), some);
      chunks.push({ chunk, generation: 1, path, rows: some.length });
    }
    return chunks;
  };
  return {
    root,
    engine,
    write,
    async publish(rows) {
      const chunks: PublishedChunk[] = [];
      for (const chunk of await write(rows)) {
        const part = { importId: 'a', path: chunk.path, excluded: [] };
        const built = await builder.build([part], chunk.path.replace('.parquet', '.built.parquet'));
        if (built.path !== null) chunks.push({ ...chunk, path: built.path, rows: built.rows });
      }
      return chunks;
    },
    async close() {
      await engine.close();
      await builder.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
