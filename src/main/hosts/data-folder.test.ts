import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDataFolder, type Machine } from './data-folder.ts';

const machine = (platform: NodeJS.Platform, env: Machine['env'] = {}): Machine => ({
  platform,
  env,
  userHome: join('/', 'users', 'amina'),
});

describe('the default data folder', () => {
  it.each([
    ['linux', {}, ['/', 'users', 'amina', '.config', 'Mauzo']],
    ['linux', { XDG_CONFIG_HOME: join('/', 'xdg') }, ['/', 'xdg', 'Mauzo']],
    ['linux', { XDG_CONFIG_HOME: '' }, ['/', 'users', 'amina', '.config', 'Mauzo']],
    ['linux', { APPDATA: join('/', 'roaming') }, ['/', 'users', 'amina', '.config', 'Mauzo']],
    [
      'darwin',
      { XDG_CONFIG_HOME: join('/', 'xdg') },
      ['/', 'users', 'amina', 'Library', 'Application Support', 'Mauzo'],
    ],
    ['win32', { APPDATA: join('/', 'roaming') }, ['/', 'roaming', 'Mauzo']],
    ['win32', {}, ['/', 'users', 'amina', 'AppData', 'Roaming', 'Mauzo']],
  ] as const)('on %s with %j', (platform, env, expected) => {
    expect(defaultDataFolder('real', machine(platform, env))).toBe(join(...expected));
  });

  it('keeps the demo apart', () => {
    expect(defaultDataFolder('demo', machine('linux'))).toBe(
      join('/', 'users', 'amina', '.config', 'Mauzo demo'),
    );
  });
});
