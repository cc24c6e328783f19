import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Manifest } from './ports.ts';

/** The derived Parquet files of one dataset, `<folder>/<yyyy-mm>/<generation>-<hash>.parquet`, and who still needs them. */
export class DerivedFiles {
  readonly #folder: string;
  readonly #readers = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(chunk: string, generation: number, hash: string): string {
    return join(this.#folder, chunk, `${generation}-${hash.slice(0, 16)}.parquet`);
  }

  /** The path as the store keeps it, relative and with `/`: a data folder can be moved to another place. */
  toStored(path: string): string {
    return relative(this.#folder, path).split(sep).join('/');
  }

  /** A manifest of the store with the paths of this data folder. */
  resolve(stored: Manifest): Manifest {
    return {
      ...stored,
      chunks: stored.chunks.map((chunk) => ({
        ...chunk,
        path: join(this.#folder, ...chunk.path.split('/')),
      })),
    };
  }

  /** Keeps the files of a manifest until the returned function is called (once or more). */
  retain(manifest: Manifest, onReleased: () => void): () => void {
    const paths = manifest.chunks.map((chunk) => chunk.path);
    for (const path of paths) this.#readers.set(path, (this.#readers.get(path) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      for (const path of paths) {
        const left = (this.#readers.get(path) ?? 1) - 1;
        if (left > 0) this.#readers.set(path, left);
        else this.#readers.delete(path);
      }
      onReleased();
    };
  }

  /**
   * Deletes files (also half-written ones) that neither the manifest nor a reader needs; answers which. Must not run
   * while a build writes. A file that cannot be deleted now (open on Windows) is left for the next time.
   */
  async sweep(manifest: Manifest): Promise<{ deleted: number; failed: readonly string[] }> {
    const needed = new Set([...manifest.chunks.map((chunk) => chunk.path), ...this.#readers.keys()]);
    let deleted = 0;
    const failed: string[] = [];
    for (const path of await this.list()) {
      if (needed.has(path)) continue;
      try {
        await rm(path, { force: true });
        deleted += 1;
      } catch {
        failed.push(path);
      }
    }
    return { deleted, failed };
  }

  /** Months of a manifest whose file was removed or emptied by something else than us. */
  async lost(manifest: Manifest): Promise<ReadonlySet<string>> {
    const sizes = await Promise.all(manifest.chunks.map(({ path }) => sizeOrNone(path)));
    return new Set(manifest.chunks.flatMap(({ chunk }, index) => (sizes[index] === 0 ? [chunk] : [])));
  }

  async list(): Promise<readonly string[]> {
    const folders = await readdirOrNone(this.#folder);
    const files = await Promise.all(
      folders.map(async (chunk) =>
        (await readdirOrNone(join(this.#folder, chunk))).map((name) => join(this.#folder, chunk, name)),
      ),
    );
    return files.flat();
  }
}

const isNowhere = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

async function sizeOrNone(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNowhere(error)) return 0;
    throw error;
  }
}

async function readdirOrNone(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNowhere(error)) return [];
    throw error;
  }
}
