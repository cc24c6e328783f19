import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { openEmbeddedStores } from '../../adapters/embedded/index.ts';
import { joinStores } from './join-stores.ts';
import type { SharedStores, Stores } from './store-ports.ts';
import { sampleMapping } from './stores-samples.fixture.ts';

const other = { version: 1 as const, fields: {} };

/** A second embedded store stands in for the server; `away` takes it away. */
function fakeServer(stores: Stores) {
  const state = { away: null as AppError | null };
  const guarded =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      state.away ? Promise.reject(state.away) : call(...args);
  const shared: SharedStores & { close(): Promise<void> } = {
    ...stores,
    settings: { read: guarded(stores.settings.read), update: guarded(stores.settings.update) },
    mappings: { find: guarded(stores.mappings.find), remember: guarded(stores.mappings.remember) },
  };
  return { state, shared };
}

describe('stores of this computer joined with shared ones', () => {
  let folder: string;
  let own: Stores;
  let server: Stores;
  let fake: ReturnType<typeof fakeServer>;
  let joined: Stores;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-join-'));
    own = await openEmbeddedStores({ path: join(folder, 'own.sqlite') });
    server = await openEmbeddedStores({ path: join(folder, 'server.sqlite') });
    fake = fakeServer(server);
    joined = joinStores(own, fake.shared);
  });
  afterEach(async () => {
    await joined.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const leave = (code = 'postgres.refused') => {
    fake.state.away = new AppError(code, 'unavailable');
  };

  it('keep jobs, publication and connections here, and the registry there', async () => {
    expect(await joined.registry.registryId()).toBe(await server.registry.registryId());
    expect(joined.jobs).toBe(own.jobs);
    expect(joined.publication).toBe(own.publication);
    expect(joined.connections).toBe(own.connections);
  });

  it('share settings, but for those of a person', async () => {
    await server.settings.update({ organisation: 'Mauzo Ltd', theme: 'light' });
    expect(await joined.settings.update({ theme: 'dark', maxRejectsPercent: 3 })).toMatchObject({
      organisation: 'Mauzo Ltd',
      theme: 'dark',
      maxRejectsPercent: 3,
    });
    expect(await server.settings.read()).toMatchObject({ theme: 'light', maxRejectsPercent: 3 });
    expect(await joined.settings.read()).toMatchObject({ theme: 'dark', organisation: 'Mauzo Ltd' });
  });

  it('answer the settings of before while the server is away, whatever the reason, and refuse to change shared ones', async () => {
    await server.settings.update({ organisation: 'Mauzo Ltd' });
    await joined.settings.read();
    for (const code of ['postgres.refused', 'postgres.password_wrong']) {
      leave(code);
      expect((await joined.settings.read()).organisation).toBe('Mauzo Ltd');
      expect((await joined.settings.update({ theme: 'dark' })).theme).toBe('dark');
      await expect(joined.settings.update({ organisation: 'X', theme: 'light' })).rejects.toThrow(code);
      expect((await joined.settings.read()).theme).toBe('dark');
    }
    fake.state.away = new AppError('store.unreadable_record', 'bug');
    await expect(joined.settings.read()).rejects.toThrow('store.unreadable_record');
  });

  it('use a mapping that was confirmed offline at once, and tell it when the server is back', async () => {
    await server.mappings.remember('f', other);
    leave();
    expect(await joined.mappings.find('f')).toBeNull();
    await joined.mappings.remember('f', sampleMapping);
    expect(await joined.mappings.find('f')).toEqual(sampleMapping);
    fake.state.away = null;
    expect(await joined.mappings.find('f')).toEqual(sampleMapping);
    expect(await server.mappings.find('f')).toEqual(sampleMapping);
    await server.mappings.remember('f', other);
    expect(await joined.mappings.find('f')).toEqual(other);
    leave();
    expect(await joined.mappings.find('f')).toEqual(other);
  });
});
