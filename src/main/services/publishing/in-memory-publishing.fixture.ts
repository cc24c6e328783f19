import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TotalsSum } from './ledger-totals.ts';
import type {
  ActivationLog,
  BuiltChunk,
  ChunkBuilder,
  ChunkPart,
  FootprintRow,
  LogEntry,
  Manifest,
  Publication,
} from './ports.ts';

/** Store and builder in memory, for tests of the publisher alone. "Parquet" is a small text file. */
export class InMemoryPublishing implements ActivationLog, Publication, Pick<ChunkBuilder, 'build'> {
  entries: LogEntry[] = [];
  readonly footprints = new Map<string, readonly FootprintRow[]>();
  readonly desired = new Map<string, number>();
  id = 'registry';
  source: string | null = null;
  readonly chunks = new Map<string, { generation: number; path: string | null; rows: number }>();
  dataVersion = 0;
  builds: string[] = [];
  /** Lets a test change what was built, or do something while it is built. */
  onBuild: (built: BuiltChunk) => BuiltChunk | Promise<BuiltChunk> = (built) => built;

  activate(importId: string, footprint: readonly FootprintRow[], policy: LogEntry['policy'] = 'keep'): void {
    const sequence = this.entries.length + 1;
    this.entries.push({ sequence, importId, policy, supersedes: [], undoneAt: null });
    this.footprints.set(importId, footprint);
    this.#raise(footprint);
  }

  undo(importId: string): void {
    this.entries = this.entries.map((entry) =>
      entry.importId === importId ? { ...entry, undoneAt: '2024-05-01T00:00:00.000Z' } : entry,
    );
    this.#raise(this.footprints.get(importId) ?? []);
  }

  #raise(footprint: readonly FootprintRow[]): void {
    for (const chunk of new Set(footprint.map((row) => row.chunk)))
      this.desired.set(chunk, (this.desired.get(chunk) ?? 0) + 1);
  }

  log = (): Promise<readonly LogEntry[]> => Promise.resolve(this.entries);
  footprint = (importIds: readonly string[]) =>
    Promise.resolve(new Map(importIds.map((id) => [id, this.footprints.get(id) ?? []] as const)));
  desiredGenerations = () => Promise.resolve(new Map(this.desired));
  registryId = (): Promise<string> => Promise.resolve(this.id);
  published = () =>
    Promise.resolve({
      registryId: this.source,
      generations: new Map([...this.chunks].map(([chunk, item]) => [chunk, item.generation])),
    });

  manifest = (): Promise<Manifest> =>
    Promise.resolve({
      dataVersion: this.dataVersion,
      chunks: [...this.chunks].flatMap(([chunk, { generation, path, rows }]) =>
        path === null ? [] : [{ chunk, generation, path, rows }],
      ),
    });

  async adopt(
    _dataset: string,
    registryId: string,
    chunks: readonly { chunk: string; generation: number; path: string | null; rows: number }[],
  ): Promise<Manifest> {
    if (this.source !== registryId) this.chunks.clear();
    this.source = registryId;
    for (const { chunk, ...item } of chunks) this.chunks.set(chunk, item);
    this.dataVersion += 1;
    return this.manifest();
  }

  async build(parts: readonly ChunkPart[], targetPath: string): Promise<BuiltChunk> {
    this.builds.push(targetPath);
    await mkdir(dirname(targetPath), { recursive: true });
    await writeFile(targetPath, JSON.stringify(parts));
    const byImport = parts.map((part) => {
      const sum = new TotalsSum();
      for (const row of this.footprints.get(part.importId) ?? []) {
        const out = part.excluded.some((item) => item.branch === row.branch && item.day === row.day);
        if (part.path === `${part.importId}/${row.chunk}` && !out) sum.add(row);
      }
      return { importId: part.importId, rows: sum.rows, totals: sum.totals() };
    });
    const rows = byImport.reduce((sum, part) => sum + part.rows, 0);
    return this.onBuild({ path: targetPath, rows, sizeBytes: 1, byImport });
  }
}
