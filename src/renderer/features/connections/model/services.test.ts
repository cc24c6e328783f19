import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS } from '#shared/domain/connections';
import { errorOf, serviceOf, viewOf } from './connections.fixture.ts';
import { applyServices, forgetService, MOST_LOOKS, NO_SERVICES, statusOf } from './services.ts';

const down = errorOf('druid.unreachable');

describe('what is known of the services', () => {
  it('keeps what the last look found while the next one runs', () => {
    const known = applyServices(NO_SERVICES, [serviceOf({ latencyMs: 9 })]);
    const again = applyServices(known, [serviceOf({ state: 'checking', latencyMs: null })]);
    expect(again.services).toEqual(known.services);
    expect(again.looks).toEqual(known.looks);
    const first = applyServices(NO_SERVICES, [serviceOf({ state: 'checking' })]);
    expect(first.services[0]?.state).toBe('checking');
  });

  it('counts each look once: news, not repeats', () => {
    const once = applyServices(NO_SERVICES, [serviceOf()]);
    expect(applyServices(once, [serviceOf()]).looks.druid).toHaveLength(1);
    const later = serviceOf({ lastSuccessAt: '2026-11-02T06:15:00.000Z' });
    expect(applyServices(once, [later]).looks.druid).toHaveLength(2);
  });

  it('remembers the newest looks only', () => {
    let live = NO_SERVICES;
    for (let minute = 0; minute < 40; minute += 1)
      live = applyServices(live, [serviceOf({ latencyMs: minute })]);
    expect(live.looks.druid).toHaveLength(MOST_LOOKS);
    expect(live.looks.druid.at(-1)).toEqual({ ok: true, latencyMs: 39 });
  });

  it('says nothing of settings that were replaced', () => {
    const live = applyServices(NO_SERVICES, [serviceOf(), serviceOf({ target: 's3', name: 'Object store' })]);
    const rest = forgetService(live, 'druid');
    expect(rest.services.map(({ target }) => target)).toEqual(['s3']);
    expect(statusOf('druid', viewOf(), rest)).toMatchObject({ state: 'checking', looks: [] });
    expect(rest.looks.s3).toHaveLength(1);
  });
});

describe('a target in one word', () => {
  const live = applyServices(NO_SERVICES, [
    serviceOf({ name: 'Coordinator', latencyMs: 30, lastSuccessAt: '2026-11-02T06:10:00.000Z' }),
    serviceOf({ name: 'Broker', state: 'failed', latencyMs: null, error: down }),
  ]);

  it('is as well as its worst service, as slow as its slowest', () => {
    expect(statusOf('druid', viewOf(), live)).toMatchObject({
      state: 'failed',
      latencyMs: 30,
      version: '25.0.0',
      lastSuccessAt: '2026-11-02T06:10:00.000Z',
      error: down,
      looks: [{ ok: false, latencyMs: 30 }],
    });
  });

  it('never succeeded while one of its services never did', () => {
    const never = applyServices(NO_SERVICES, [
      serviceOf(),
      serviceOf({ name: 'Historical', lastSuccessAt: null }),
    ]);
    expect(statusOf('druid', viewOf(), never).lastSuccessAt).toBeNull();
  });

  it('is off when it is not set, whatever was heard of it', () => {
    const view = viewOf({ connections: NO_CONNECTIONS });
    expect(statusOf('druid', view, live)).toMatchObject({ state: 'off', services: [], error: null });
  });

  it('is the keychain there or not, also before the first look', () => {
    expect(statusOf('keychain', viewOf(), NO_SERVICES).state).toBe('ok');
    const without = viewOf({ keychain: { available: false, reason: 'no secret service' } });
    expect(statusOf('keychain', without, NO_SERVICES).state).toBe('failed');
  });
});
