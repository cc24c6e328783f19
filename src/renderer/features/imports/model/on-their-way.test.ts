import { expect, it } from 'vitest';
import { jobOf } from './job.fixture.ts';
import { onTheirWay } from './on-their-way.ts';
import { buildQueue } from './queue-model.ts';

const S3_AWAY = {
  connection: 's3',
  step: 'upload',
  since: '2026-11-02T06:00:00.000Z',
  nextTryAt: null,
  error: { code: 's3.unreachable', kind: 'unavailable', details: {}, retryable: true, correlationId: 'c' },
} as const;
const queueOf = (...jobs: Parameters<typeof jobOf>[]) =>
  buildQueue(
    jobs.map(([state, change]) => jobOf(state, change)),
    [],
  );

it('is nothing when everything is done', () => {
  expect(onTheirWay(queueOf())).toBeNull();
  expect(onTheirWay(queueOf(['done'], ['cancelled'], ['undone']))).toBeNull();
});

it('says first what a person has to do, then what waits for a server, then what runs', () => {
  const waiting = ['accepted', { waitingFor: S3_AWAY }] as const;
  expect(onTheirWay(queueOf(['queued'], ['review-needed'], [...waiting]))?.title).toBe('1 file needs you');
  expect(onTheirWay(queueOf(['queued'], [...waiting]))?.title).toBe('2 files on the way');
  expect(onTheirWay(queueOf([...waiting]))).toMatchObject({
    title: '1 file waits for a server',
    detail: expect.stringContaining('by themselves'),
  });
});
