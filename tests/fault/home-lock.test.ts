import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockHome, openEmbeddedStores } from '../../src/main/adapters/embedded/index.ts';

let home: string;
let child: ChildProcess;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'mauzo-lock-'));
  const script = join(import.meta.dirname, 'home-lock-child.ts');
  child = spawn(process.execPath, ['--no-warnings', script, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout) await once(child.stdout, 'data');
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

it('a killed engine lets go of its data folder, and what it stored is there', async () => {
  expect(() => lockHome(home)).toThrow(
    expect.objectContaining({
      code: 'app.home_in_use',
      details: expect.objectContaining({ pid: String(child.pid) }),
    }),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = lockHome(home);
  const stores = await openEmbeddedStores({ path: join(home, 'mauzo.sqlite') });
  expect((await stores.settings.read()).organisation).toBe('Before the kill');
  await stores.close();
  lock.release();
});
