import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHome } from './index.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mauzo-lock-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const inUse = (details: Record<string, unknown>) =>
  expect.objectContaining({ code: 'app.home_in_use', details: expect.objectContaining(details) });

describe('the lock of a data folder', () => {
  it('lets one in, tells the next who is there, and lets the next in after it', () => {
    const lock = lockHome(home);
    expect(() => lockHome(home)).toThrow(
      inUse({ home, pid: String(process.pid), since: expect.stringMatching(/^20\d\d-/) }),
    );
    lock.release();
    lock.release();
    const next = lockHome(home);
    expect(() => lockHome(home)).toThrow(inUse({}));
    next.release();
  });

  it('does not need to know who holds it', () => {
    const lock = lockHome(home);
    writeFileSync(join(home, 'engine.json'), 'not json');
    expect(() => lockHome(home)).toThrow(inUse({ pid: '(unknown)' }));
    lock.release();
  });

  it('creates the folder, and names one that cannot be', () => {
    lockHome(join(home, 'a', 'b')).release();
    writeFileSync(join(home, 'file'), '');
    expect(() => lockHome(join(home, 'file', 'x'))).toThrow(
      expect.objectContaining({ code: 'store.not_writable' }),
    );
  });
});
