import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS } from '#shared/domain/connections';
import { errorOf, serviceOf, viewOf } from './connections.fixture.ts';
import { applyServices, keychainState, MOST_LOOKS, NO_SERVICES, statusOf } from './services.ts';

const down = errorOf('druid.unreachable');

describe('what is known of the services', () => {
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

  it('begins anew with other settings, and says nothing of a service that is off', () => {
    const live = applyServices(NO_SERVICES, [serviceOf(), serviceOf({ target: 's3', name: 'Object store' })]);
    const next = applyServices(live, [
      serviceOf({ state: 'checking', latencyMs: null }),
      serviceOf({ target: 's3', name: 'Object store', state: 'off' }),
    ]);
    expect(next.looks).toMatchObject({ druid: [], s3: [] });
    expect(live.looks).toMatchObject({
      druid: [{ ok: true, latencyMs: 12 }],
      s3: [{ ok: true, latencyMs: 12 }],
    });
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

  it('is a keychain that is locked, not one that is absent, when it says no', () => {
    const view = viewOf({ keychain: { available: false, reason: 'locked' } });
    const told = (code: string) =>
      applyServices(NO_SERVICES, [
        serviceOf({ target: 'keychain', name: 'Keychain', state: 'failed', error: errorOf(code) }),
      ]);
    expect(keychainState(view, told('keychain.refused'))).toBe('locked');
    expect(keychainState(view, told('keychain.unavailable'))).toBe('absent');
    expect(keychainState(view, NO_SERVICES)).toBe('absent');
    expect(keychainState(viewOf(), told('keychain.refused'))).toBe('available');
  });
});
