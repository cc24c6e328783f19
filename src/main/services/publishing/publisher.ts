import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import type { Log } from '../diagnostics/ports.ts';
import { DerivedFiles } from './derived-files.ts';
import { Mutex } from './mutex.ts';
import type { ActivationLog, ChunkBuilder, Manifest, ManifestReader, Publication } from './ports.ts';
import { resolveLog, type ResolvedLog, type ResolvedPart } from './resolve-log.ts';
import { verifyChunk } from './verify-chunk.ts';

export interface PublisherOptions {
  readonly dataset: string;
  readonly registry: ActivationLog;
  readonly publication: Publication;
  readonly builder: ChunkBuilder;
  /** Path on this machine of an import's canonical Parquet of one month. */
  readonly canonicalPath: (importId: string, chunk: string) => Promise<string>;
  /** Folder of the derived files of this dataset. */
  readonly folder: string;
  readonly log: Log;
}

/** What counts and what the engine serves: the same state of the log. */
export interface Settled {
  readonly manifest: Manifest;
  readonly resolved: ResolvedLog;
}

export interface Publisher extends ManifestReader {
  /** Reads the manifest, clears what crashes left, and answers whether something waits to be published or built anew. */
  start(): Promise<boolean>;
  /** Says that the log changed: {@link ManifestReader.isPublishing} is true until {@link publish} is through. */
  markDirty(): void;
  /** Resolves when every chunk is published at its desired generation; `publishing.*` when that fails. */
  publish(): Promise<void>;
  /** Publishes, then runs the task while nothing is published. Hold the log's lock to keep the log still too. */
  whenSettled<T>(task: (settled: Settled) => Promise<T>): Promise<T>;
  /** Runs a task between two builds, without publishing first. */
  exclusive<T>(task: () => Promise<T>): Promise<T>;
}

/** What is not published as the registry wants it. */
interface Work {
  readonly registryId: string;
  readonly dirty: readonly { readonly chunk: string; readonly generation: number }[];
  /** Nothing to build and nothing to drop. */
  readonly none: boolean;
}

/** Rounds after which a log that keeps changing is left to the next call. */
const MAX_ROUNDS = 100;

export function createPublisher(options: PublisherOptions): Publisher {
  const { dataset, registry, publication, builder, log } = options;
  const files = new DerivedFiles(options.folder);
  const mutex = new Mutex();
  const listeners = new Set<() => void>();
  let manifest: Manifest = { dataVersion: 0, chunks: [] };
  /** Published months without a file: derived, so they are built anew at their own generation. */
  let lost: ReadonlySet<string> = new Set();
  let dirtyMarks = 0;
  let cleanMarks = 0;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  async function resolve(): Promise<ResolvedLog> {
    const entries = await registry.log(dataset);
    const active = entries.filter((entry) => entry.undoneAt === null).map((entry) => entry.importId);
    return resolveLog(entries, await registry.footprint(active));
  }

  async function lookForWork(): Promise<Work> {
    const registryId = await registry.registryId();
    // Read before the log: what moves in between is seen before anything is adopted.
    const desired = await registry.desiredGenerations(dataset);
    const published = await publication.published(dataset);
    const ours = published.registryId === registryId;
    const dirty = [...desired]
      .filter(
        ([chunk, generation]) =>
          !ours || (published.generations.get(chunk) ?? 0) !== generation || lost.has(chunk),
      )
      .map(([chunk, generation]) => ({ chunk, generation }));
    // Built from another registry: none of it may stay, also when this one has nothing to put in its place.
    const foreign = !ours && published.registryId !== null;
    return { registryId, dirty, none: dirty.length === 0 && !foreign };
  }

  /** True while nothing newer is wanted than what was built. The registry may be shared: others change it as well. */
  async function isStillDesired(built: readonly { chunk: string; generation: number }[]): Promise<boolean> {
    const desired = await registry.desiredGenerations(dataset);
    return built.every(({ chunk, generation }) => desired.get(chunk) === generation);
  }

  async function build(
    registryId: string,
    { chunk, generation }: Work['dirty'][number],
    parts: readonly ResolvedPart[],
  ) {
    if (parts.length === 0) return { chunk, generation, path: null, rows: 0 };
    const target = files.pathOf(chunk, generation, hashParts(registryId, parts));
    await mkdir(dirname(target), { recursive: true });
    const withPaths = [];
    for (const part of parts)
      withPaths.push({
        importId: part.importId,
        excluded: part.excluded,
        path: await options.canonicalPath(part.importId, chunk),
      });
    const built = await builder.build(withPaths, target);
    verifyChunk(chunk, parts, built);
    if (built.path === null) throw new AppError('app.bug', 'bug', { message: `no file for chunk ${chunk}` });
    return { chunk, generation, path: files.toStored(built.path), rows: built.rows };
  }

  async function publishAll(): Promise<void> {
    let marks = dirtyMarks;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const work = await lookForWork();
      if (work.none) {
        cleanMarks = marks;
        return;
      }
      if (!isPublishing()) {
        // Somebody else's change: what is shown is behind from now on.
        dirtyMarks += 1;
        marks = dirtyMarks;
        changed();
      }
      const startedAt = performance.now();
      const resolved = await resolve();
      const built = [];
      for (const item of work.dirty)
        built.push(await build(work.registryId, item, resolved.chunks.get(item.chunk) ?? []));
      if (!(await isStillDesired(built))) {
        log.info({ dataset, chunks: built.length }, 'The log moved while chunks were built; building again');
        continue;
      }
      const adopted = await publication.adopt(dataset, work.registryId, built);
      manifest = files.resolve(adopted);
      lost = new Set();
      const elapsedMs = Math.round(performance.now() - startedAt);
      log.info({ dataset, dataVersion: adopted.dataVersion, chunks: built.length, elapsedMs }, 'Published');
      await sweep();
    }
    throw new AppError('publishing.busy', 'conflict', {}, { retryable: true });
  }

  /** What counts and what is served, of one state of the log: another installation may change it at any time. */
  async function settle(): Promise<Settled> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await publishAll();
      const resolved = await resolve();
      if ((await lookForWork()).none) return { manifest, resolved };
    }
    throw new AppError('publishing.busy', 'conflict', {}, { retryable: true });
  }

  async function sweep(): Promise<void> {
    const { deleted, failed } = await files.sweep(manifest);
    if (failed.length > 0) log.warn({ failed }, 'Derived files could not be deleted yet');
    if (deleted > 0) log.debug({ deleted }, 'Deleted derived files that nothing needs any more');
  }

  /** Also true when the registry cannot be asked: what is served may be behind. */
  async function somethingWaits(): Promise<boolean> {
    try {
      return !(await lookForWork()).none;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (connectionOf(error) === null) throw error;
      log.warn({ dataset, code: error.code, error }, 'The registry cannot be asked yet');
      return true;
    }
  }

  const publish = () =>
    mutex.run(async () => {
      const before = manifest.dataVersion;
      const wasPublishing = isPublishing();
      try {
        await publishAll();
      } finally {
        if (manifest.dataVersion !== before || wasPublishing !== isPublishing()) changed();
      }
    });
  const isPublishing = () => dirtyMarks > cleanMarks;

  return {
    async start() {
      manifest = files.resolve(await publication.manifest(dataset));
      await mutex.run(sweep);
      lost = await files.lost(manifest);
      if (lost.size > 0)
        log.warn({ dataset, chunks: [...lost] }, 'Derived files are gone; building them anew');
      const waiting = await somethingWaits();
      if (waiting) dirtyMarks += 1;
      return waiting;
    },
    markDirty() {
      dirtyMarks += 1;
      changed();
    },
    publish,
    async whenSettled(task) {
      await publish();
      return mutex.run(async () => task(await settle()));
    },
    exclusive: (task) => mutex.run(task),
    current: () => manifest,
    isPublishing,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retain: (kept) =>
      files.retain(kept, () => {
        // A manifest that is still current keeps its files anyway.
        if (kept.dataVersion === manifest.dataVersion) return;
        mutex.run(sweep).catch((error: unknown) => log.warn({ error: toAppError(error) }, 'Sweep failed'));
      }),
  };
}

/** Generations of two registries may be equal: their files are not. */
const hashParts = (registryId: string, parts: readonly ResolvedPart[]) =>
  createHash('sha256')
    .update(JSON.stringify([registryId, ...parts.map((part) => [part.importId, part.excluded])]))
    .digest('hex');
