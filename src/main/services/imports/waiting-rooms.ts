import type { ConnectionKind } from '#shared/domain/connections';
import type { ConnectionWait, JobStep } from '#shared/domain/job';
import type { AppErrorJson } from '#shared/errors/app-error';
import { pauseMs } from './recurring.ts';

interface Room {
  /** Everybody who waits at this step. */
  readonly jobIds: Set<string>;
  /** What the last try ran into. */
  wait: Pick<ConnectionWait, 'connection' | 'error'>;
  failures: number;
  nextTryAt: Date | null;
  timer: NodeJS.Timeout | null;
}

export interface WaitingRoomsOptions {
  /** Lets a job try its step again. */
  readonly release: (jobId: string) => void;
  /** Place of a job in the queue: a smaller number goes first. */
  readonly placeOf: (jobId: string) => number;
  readonly now: () => Date;
  readonly random?: () => number;
}

/**
 * Jobs that a connection keeps waiting, by the step that they could not do. One of a room tries at a time, the first in
 * the queue; when the connection answers it, the next one goes, so that many jobs drain in order and without a storm.
 */
export class WaitingRooms {
  readonly #options: WaitingRoomsOptions;
  readonly #rooms = new Map<JobStep, Room>();

  constructor(options: WaitingRoomsOptions) {
    this.#options = options;
  }

  /** A job tried and the connection was away: the wait to write down. */
  enter(
    jobId: string,
    step: JobStep,
    connection: ConnectionKind,
    error: AppErrorJson,
    since: string | undefined,
  ): ConnectionWait {
    const room = this.#rooms.get(step) ?? this.#open(step, connection, error);
    room.jobIds.add(jobId);
    room.wait = { connection, error };
    room.failures += 1;
    this.#schedule(step, room);
    return this.#waitOf(room, step, since);
  }

  /** For a job that has not tried: the wait to write down because others are before it, or null when it may try. */
  behind(jobId: string, step: JobStep, since: string | undefined): ConnectionWait | null {
    const room = this.#rooms.get(step);
    if (!room || this.#first(room, jobId) === jobId) return null;
    room.jobIds.add(jobId);
    return { ...this.#waitOf(room, step, since), nextTryAt: null };
  }

  /** A job that waited when the last run ended; {@link tryNow} lets the first of each room try. */
  seat(jobId: string, { step, connection, error }: ConnectionWait): void {
    (this.#rooms.get(step) ?? this.#open(step, connection, error)).jobIds.add(jobId);
  }

  /** The step was done, or refused for another reason: in any case the connection answered, and the next one goes. */
  passed(jobId: string, step: JobStep): void {
    const room = this.#rooms.get(step);
    if (!room) return;
    room.failures = 0;
    this.#remove(step, room, jobId);
    this.#letFirstTry(room);
  }

  /** A job that will not go on: cancelled, or its own store failed. */
  leave(jobId: string): void {
    for (const [step, room] of this.#rooms) {
      if (!room.jobIds.has(jobId)) continue;
      this.#remove(step, room, jobId);
      // It may have been the one that tried: the others are not forgotten.
      if (room.jobIds.size > 0 && !room.timer) this.#schedule(step, room);
    }
  }

  /** The connection answers again (any, when none is named): nobody waits for the end of a pause. */
  tryNow(connection?: ConnectionKind): void {
    for (const room of this.#rooms.values())
      if (connection === undefined || room.wait.connection === connection) this.#letFirstTry(room);
  }

  stop(): void {
    for (const room of this.#rooms.values()) if (room.timer) clearTimeout(room.timer);
    this.#rooms.clear();
  }

  #open(step: JobStep, connection: ConnectionKind, error: AppErrorJson): Room {
    const room: Room = {
      jobIds: new Set(),
      wait: { connection, error },
      failures: 0,
      nextTryAt: null,
      timer: null,
    };
    this.#rooms.set(step, room);
    return room;
  }

  #remove(step: JobStep, room: Room, jobId: string): void {
    room.jobIds.delete(jobId);
    if (room.jobIds.size > 0) return;
    if (room.timer) clearTimeout(room.timer);
    this.#rooms.delete(step);
  }

  /** The first in the queue of those who wait, and of `jobId` that would like to try. */
  #first(room: Room, jobId?: string): string | null {
    let first = jobId ?? null;
    for (const other of room.jobIds)
      if (first === null || this.#options.placeOf(other) < this.#options.placeOf(first)) first = other;
    return first;
  }

  #letFirstTry(room: Room): void {
    if (room.timer) clearTimeout(room.timer);
    room.timer = null;
    room.nextTryAt = null;
    const first = this.#first(room);
    if (first !== null) this.#options.release(first);
  }

  #schedule(step: JobStep, room: Room): void {
    if (room.timer) clearTimeout(room.timer);
    const waitMs = pauseMs(room.failures, this.#options.random);
    room.nextTryAt = new Date(this.#options.now().getTime() + waitMs);
    room.timer = setTimeout(() => {
      if (this.#rooms.get(step) === room) this.#letFirstTry(room);
    }, waitMs);
    room.timer.unref();
  }

  #waitOf(room: Room, step: JobStep, since: string | undefined): ConnectionWait {
    return {
      ...room.wait,
      step,
      since: since ?? this.#options.now().toISOString(),
      nextTryAt: room.nextTryAt?.toISOString() ?? null,
    };
  }
}
