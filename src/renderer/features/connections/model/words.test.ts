import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS } from '#shared/domain/connections';
import { CONNECTED, errorOf, serviceOf, viewOf } from './connections.fixture.ts';
import { reportText, verdictOf } from './report-words.ts';
import { applyServices, NO_SERVICES, statusOf } from './services.ts';
import { formatWhen, indicatorWords, placeOf, placesOfData } from './words.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const druid = (patch: Parameters<typeof serviceOf>[0]) =>
  statusOf('druid', viewOf(), applyServices(NO_SERVICES, [serviceOf(patch)]));

describe('the status bar', () => {
  it('tells how fast a service is, or what is wrong with it', () => {
    expect(plain(indicatorWords(druid({ latencyMs: 86 })))).toBe('86 ms');
    expect(indicatorWords(druid({ state: 'failed', error: errorOf('app.disconnected') }))).toBe(
      'The engine is not answering',
    );
    expect(indicatorWords(druid({ state: 'checking' }))).toBe('checking');
    expect(indicatorWords(statusOf('keychain', viewOf(), NO_SERVICES))).toBe('available');
  });

  it('names where data goes, and nothing while all stays here', () => {
    expect(placesOfData(NO_CONNECTIONS)).toEqual([]);
    expect(placesOfData(CONNECTED)).toEqual(['S3', 'Druid', 'PostgreSQL']);
    expect(placesOfData({ ...CONNECTED, druid: null })).toEqual(['S3', 'PostgreSQL']);
  });
});

it('a time is as short as it can be without being taken for another', () => {
  const now = new Date(2026, 10, 2, 12);
  const at = (year: number, month: number, day: number) => new Date(year, month, day, 9, 4).toISOString();
  expect(formatWhen(at(2026, 10, 2), now)).toBe('09:04');
  expect(plain(formatWhen(at(2026, 10, 1), now))).toBe('1 Nov, 09:04');
  expect(plain(formatWhen(at(2025, 10, 2), now))).toBe('2 Nov 2025');
  expect(formatWhen(null, now)).toBe('–');
});

it('a service is at its host, Amazon at its region', () => {
  expect(placeOf('s3', CONNECTED)).toBe('mauzo-prod, s3.example.co.ke:9000');
  const amazon = { ...CONNECTED, s3: CONNECTED.s3 && { ...CONNECTED.s3, endpoint: null } };
  expect(placeOf('s3', amazon)).toBe('mauzo-prod, us-east-1');
  expect(placeOf('postgres', CONNECTED)).toBe('pg.example.co.ke/mauzo');
  expect(placeOf('druid', NO_CONNECTIONS)).toBe('Not set up');
});

describe('a test', () => {
  const step = (
    state: 'ok' | 'warning' | 'failed' | 'skipped',
    error: ReturnType<typeof errorOf> | null = null,
  ) => ({
    name: `Step that is ${state}`,
    state,
    detail: state === 'ok' ? 'as it should be' : '',
    elapsedMs: 12,
    error,
  });
  const failed = {
    target: 's3' as const,
    ok: false,
    steps: [
      step('ok'),
      step('failed', { ...errorOf('app.disconnected'), details: { report: 'line 1\nline 2' } }),
      step('skipped'),
    ],
  };

  it('is told in a few words', () => {
    expect(verdictOf(failed).text).toBe('Failed at step 2 of 3');
    expect(verdictOf({ target: 's3', ok: true, steps: [step('ok'), step('skipped')] }).text).toBe(
      '1 step passed',
    );
    expect(verdictOf({ target: 's3', ok: true, steps: [step('skipped')] }).tone).toBe('neutral');
    expect(verdictOf({ target: 's3', ok: true, steps: [step('ok'), step('warning')] })).toMatchObject({
      text: 'Passed with 1 warning',
      tone: 'warn',
    });
  });

  it('is copied in full, for whoever manages the server', () => {
    const text = plain(reportText(failed, '2026-11-02T06:14:00.000Z'));
    expect(text.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^Test of S3, .*: Failed at step 2 of 3$/),
      'ok: Step that is ok (12 ms): as it should be',
      'FAILED: Step that is failed (12 ms)',
    ]);
    for (const part of ['  Cause: ', '  Remedy: ', '  report: line 1\n  line 2', 'Code: app.disconnected'])
      expect(text).toContain(part);
    expect(text).toContain('not run: Step that is skipped');
  });
});
