import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionWait } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import { WaitingRooms } from './waiting-rooms.ts';

const away = new AppError('s3.unreachable', 'unavailable').toJSON();

describe('waiting rooms', () => {
  let released: string[];
  let rooms: WaitingRooms;
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2024-05-01T08:00:00.000Z') });
    released = [];
    rooms = new WaitingRooms({
      release: (jobId) => released.push(jobId),
      placeOf: (jobId) => Number(jobId),
      now: () => new Date(),
      random: () => 1,
    });
  });
  afterEach(() => {
    rooms.stop();
    vi.useRealTimers();
  });
  const enter = (jobId: string) => rooms.enter(jobId, 'upload', 's3', away, undefined);
  const behind = (jobId: string) => rooms.behind(jobId, 'upload', undefined);

  it('let one try at a time, the first in the queue, after a growing pause', async () => {
    expect(behind('3')).toBeNull();
    expect(enter('3')).toEqual({
      connection: 's3',
      step: 'upload',
      error: away,
      since: '2024-05-01T08:00:00.000Z',
      nextTryAt: '2024-05-01T08:00:01.000Z',
    });
    expect(behind('7')).toMatchObject({ connection: 's3', nextTryAt: null });
    await vi.advanceTimersByTimeAsync(999);
    expect(released).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(released).toEqual(['3']);
    expect(behind('3')).toBeNull();
    expect(enter('3').nextTryAt).toBe('2024-05-01T08:00:03.000Z');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(released).toEqual(['3', '3']);
  });

  it('let the next one go when one got through, for whatever end', () => {
    enter('5');
    expect(behind('9')).not.toBeNull();
    expect(behind('7')).not.toBeNull();
    rooms.tryNow();
    rooms.passed('5', 'upload');
    rooms.passed('7', 'upload');
    rooms.passed('9', 'upload');
    expect(released).toEqual(['5', '7', '9']);
    expect(behind('10')).toBeNull();
  });

  it('let somebody who is before all others try at once, and put him first when that failed', async () => {
    enter('5');
    expect(behind('2')).toBeNull();
    enter('2');
    expect(behind('5')).not.toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(released).toEqual(['2']);
  });

  it('are asked when their connection answers, and no other', () => {
    enter('1');
    rooms.enter('2', 'accept', 'postgres', away, undefined);
    rooms.tryNow('postgres');
    expect(released).toEqual(['2']);
    rooms.tryNow('s3');
    expect(released).toEqual(['2', '1']);
  });

  it('forget nobody when the one that tries goes away', async () => {
    enter('1');
    behind('2');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(released).toEqual(['1']);
    rooms.leave('1');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(released).toEqual(['1', '2']);
  });

  it('go on where the last run ended', () => {
    const wait: ConnectionWait = {
      connection: 's3',
      step: 'upload',
      error: away,
      since: '2024-04-30T08:00:00.000Z',
      nextTryAt: null,
    };
    rooms.seat('8', wait);
    rooms.seat('4', wait);
    rooms.tryNow();
    expect(released).toEqual(['4']);
    expect(rooms.enter('4', 'upload', 's3', away, wait.since).since).toBe('2024-04-30T08:00:00.000Z');
  });
});
