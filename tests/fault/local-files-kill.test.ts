import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalObjectStore, createStagingArea } from '../../src/main/adapters/local-files/index.ts';

const content = Buffer.alloc(2 * 1024 * 1024 + 11, 'Kisumu,Nakuru\n');
const sha256 = createHash('sha256').update(content).digest('hex');
const signal = new AbortController().signal;

let root: string;
let source: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-kill-'));
  source = join(root, 'source.csv');
  writeFileSync(source, content);
  utimesSync(source, 1_600_000_000, 1_600_000_000);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function runChild(mode: 'stage' | 'put', folder: string, killAt: number) {
  const script = join(import.meta.dirname, 'local-files-child.ts');
  const args = ['--no-warnings', script, mode, folder, source, String(killAt)];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

/** Every name below the folder that is not a temp file must be whole. */
function checkWhole(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.tmp-')) continue;
    expect(entry.name).toBe(sha256);
    expect(readFileSync(join(entry.parentPath, entry.name)).equals(content)).toBe(true);
  }
}

function temps(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.tmp-'));
}

describe('kill -9 before each call that touches the disk', () => {
  it('staging: nothing or all under the final name; the sweep leaves no rest; the next try succeeds', async () => {
    const whole = runChild('stage', join(root, 'count'), 0);
    expect(whole.stderr).toBe('');
    const calls = Number(whole.stdout);
    expect(calls).toBeGreaterThan(8);
    let rests = 0;
    for (let killAt = 1; killAt <= calls; killAt++) {
      const folder = join(root, `staging-${killAt}`);
      expect(runChild('stage', folder, killAt).signal).toBe('SIGKILL');
      const area = createStagingArea({ folder });
      if (readdirSync(root).includes(`staging-${killAt}`)) {
        checkWhole(folder);
        rests += temps(folder).length;
      }
      await area.sweep();
      expect(await area.stageFile(source, { signal })).toMatchObject({
        sha256,
        sizeBytes: content.byteLength,
      });
      expect(readdirSync(folder)).toEqual([sha256]);
      checkWhole(folder);
    }
    expect(rests).toBeGreaterThan(3);
    expect(readFileSync(source).equals(content)).toBe(true);
  });

  it('objects: the same', async () => {
    const key = `raw/sales/${sha256}`;
    const whole = runChild('put', join(root, 'count'), 0);
    expect(whole.stderr).toBe('');
    const calls = Number(whole.stdout);
    let rests = 0;
    for (let killAt = 1; killAt <= calls; killAt++) {
      const folder = join(root, `objects-${killAt}`);
      expect(runChild('put', folder, killAt).signal).toBe('SIGKILL');
      const store = createLocalObjectStore({ folder });
      if (readdirSync(root).includes(`objects-${killAt}`)) {
        checkWhole(folder);
        rests += temps(folder).length;
      }
      await store.sweep();
      await store.putFile(key, source, { sha256, signal });
      expect(await store.head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
      expect(temps(folder)).toEqual([]);
    }
    expect(rests).toBeGreaterThan(3);
  });
});
