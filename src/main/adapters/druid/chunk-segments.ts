import { z } from 'zod';
import { monthInterval } from '#shared/domain/ingestion-spec';
import { AppError } from '#shared/errors/app-error';
import type { DruidBroker, DruidCoordinator } from './druid-client.ts';
import { parseRows } from './parse-rows.ts';
import { poll } from './poll.ts';

/** What the Broker knows of the segments of a month that are not overshadowed. */
interface Segments {
  readonly version: string;
  readonly published: number;
  readonly available: number;
}

const MARK_AGAIN_MS = 5_000;

const segmentRowSchema = z.tuple([z.string(), z.number(), z.number()]);

/** Segments of one datasource, month by month: versions, what is served, and emptying. */
export class ChunkSegments {
  readonly #broker: DruidBroker;
  readonly #coordinator: DruidCoordinator;
  readonly #datasource: string;
  readonly #timeoutMs: number;

  constructor(options: {
    readonly broker: DruidBroker;
    readonly coordinator: DruidCoordinator;
    readonly datasource: string;
    /** How long loading or dropping may take; a cluster with usual settings looks for new segments once a minute. */
    readonly timeoutMs: number;
  }) {
    this.#broker = options.broker;
    this.#coordinator = options.coordinator;
    this.#datasource = options.datasource;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Overshadowed and unpublished ones too: whatever comes later has a later version. */
  async newestVersion(chunk: string, signal: AbortSignal): Promise<string | null> {
    const [start, end] = monthInterval(chunk).split('/');
    const answer = await this.#broker.sql(
      `SELECT "version" FROM sys.segments WHERE "datasource" = ? AND "start" >= ? AND "end" <= ? ORDER BY 1 DESC LIMIT 1`,
      [text(this.#datasource), text(start), text(end)],
      {},
      signal,
    );
    return parseRows(z.tuple([z.string()]), answer)[0]?.[0] ?? null;
  }

  async served(chunk: string, after: string | null, signal: AbortSignal): Promise<string> {
    const version = await poll(signal, this.#timeoutMs, async () => {
      const newest = (await this.#segments(chunk, signal)).at(-1);
      if (!newest || (after !== null && newest.version <= after)) return null;
      return newest.published > 0 && newest.available === newest.published ? newest.version : null;
    });
    if (version !== null) return version;
    throw new AppError('druid.not_served', 'timeout', { chunk, seconds: this.#timeoutMs / 1_000 });
  }

  async empty(chunk: string, signal: AbortSignal): Promise<void> {
    let markedAt = -Infinity;
    const empty = await poll(signal, this.#timeoutMs, async () => {
      // Also when nothing is seen: what a task has just published may not have come round yet. And again while
      // something is seen: when the newest version is gone, an older one can come back to light.
      if (performance.now() - markedAt > MARK_AGAIN_MS) {
        await this.#markUnused(chunk, signal);
        markedAt = performance.now();
      }
      return (await this.#segments(chunk, signal)).length === 0 ? true : null;
    });
    if (empty === null)
      throw new AppError('druid.not_emptied', 'timeout', { chunk, seconds: this.#timeoutMs / 1_000 });
  }

  /** Answers with nothing for a datasource that no server has. */
  async #markUnused(chunk: string, signal: AbortSignal): Promise<void> {
    const path = `/druid/coordinator/v1/datasources/${this.#datasource}/markUnused`;
    await this.#coordinator.post(path, { interval: monthInterval(chunk) }, z.unknown(), signal);
  }

  /** By version, oldest first. */
  async #segments(chunk: string, signal: AbortSignal): Promise<readonly Segments[]> {
    const [start, end] = monthInterval(chunk).split('/');
    const answer = await this.#broker.sql(
      `SELECT "version", COUNT(*) FILTER (WHERE "is_published" = 1), COUNT(*) FILTER (WHERE "is_published" = 1 AND "is_available" = 1)
       FROM sys.segments
       WHERE "datasource" = ? AND "start" >= ? AND "end" <= ? AND "is_overshadowed" = 0
         AND ("is_published" = 1 OR "is_available" = 1)
       GROUP BY 1 ORDER BY 1`,
      [text(this.#datasource), text(start), text(end)],
      {},
      signal,
    );
    return parseRows(segmentRowSchema, answer).map(([version, published, available]) => ({
      version,
      published,
      available,
    }));
  }
}

const text = (value: string | undefined) => ({ type: 'VARCHAR', value: value ?? '' }) as const;
