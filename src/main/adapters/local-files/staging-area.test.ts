import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStagingArea } from './index.ts';

const MIB = 1024 * 1024;
const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const failure = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const never = new AbortController().signal;

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-staging-'));
  folder = join(root, 'home', 'staging');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const staging = (limitBytes?: number) =>
  createStagingArea(limitBytes === undefined ? { folder } : { folder, limitBytes });
const stage = (path: string, onProgress?: (done: number) => void) =>
  staging().stageFile(path, onProgress ? { signal: never, onProgress } : { signal: never });
const write = (name: string, content: Uint8Array | string) => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};
/** A file last changed long ago, so that its time stamp alone tells every further change. */
const writeOld = (name: string, content: Uint8Array | string) => {
  const path = write(name, content);
  utimesSync(path, 1_600_000_000, 1_600_000_000);
  return path;
};
const leftOver = () => readdirSync(folder);
const bigContent = Buffer.alloc(3 * MIB + 17, 'abcdefg');

describe('staging a file', () => {
  it('copies it under its hash and counts every byte', async () => {
    const progress: [number, number][] = [];
    const staged = await staging().stageFile(write('a.csv', bigContent), {
      signal: never,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(staged).toEqual({
      sha256: sha256Of(bigContent),
      path: join(folder, sha256Of(bigContent)),
      sizeBytes: bigContent.byteLength,
    });
    expect(readFileSync(staged.path).equals(bigContent)).toBe(true);
    expect(progress.at(-1)).toEqual([bigContent.byteLength, bigContent.byteLength]);
    expect(leftOver()).toEqual([staged.sha256]);
    expect(await staging().find(staged.sha256)).toEqual(staged);
    await staging().remove(staged.sha256);
    expect(await staging().find(staged.sha256)).toBeNull();
  });

  it('keeps one copy of the same bytes, also when they come twice at once', async () => {
    const paths = [write('a.csv', bigContent), write('b.csv', bigContent)];
    const [first, second] = await Promise.all(paths.map((path) => stage(path)));
    expect(first).toEqual(second);
    expect(leftOver()).toHaveLength(1);
  });

  it.each(['a\nb.csv', '..csv', '🌍 ñ.csv', `${'x'.repeat(251)}.csv`, 'CON', "'; drop table--.csv"])(
    'takes the name %j as nothing but a name',
    async (name) => {
      expect((await stage(write(name, 'x'))).path).toBe(join(folder, sha256Of('x')));
    },
  );

  it('follows a link to a file', async () => {
    symlinkSync(write('a.csv', 'x'), join(root, 'link.csv'));
    linkSync(join(root, 'a.csv'), join(root, 'hard.csv'));
    expect((await stage(join(root, 'link.csv'))).sha256).toBe(sha256Of('x'));
    expect((await stage(join(root, 'hard.csv'))).sha256).toBe(sha256Of('x'));
  });

  it('refuses what is no file, without waiting for it', async () => {
    mkdirSync(join(root, 'folder.csv'));
    execFileSync('mkfifo', [join(root, 'pipe.csv')]);
    symlinkSync('/dev/zero', join(root, 'zero.csv'));
    await expect(stage(join(root, 'folder.csv'))).rejects.toEqual(
      failure('staging.not_a_file', { what: 'folder' }),
    );
    await expect(stage(join(root, 'pipe.csv'))).rejects.toEqual(failure('staging.not_a_file'));
    await expect(stage(join(root, 'zero.csv'))).rejects.toEqual(failure('staging.not_a_file'));
  });

  it('names files that are missing, broken links, circles of links and paths through a file', async () => {
    symlinkSync(join(root, 'nowhere'), join(root, 'broken.csv'));
    symlinkSync(join(root, 'circle.csv'), join(root, 'circle.csv'));
    write('a.csv', 'x');
    await expect(stage(join(root, 'none.csv'))).rejects.toEqual(failure('staging.gone'));
    await expect(stage(join(root, 'broken.csv'))).rejects.toEqual(failure('staging.gone'));
    await expect(stage(join(root, 'a.csv', 'b.csv'))).rejects.toEqual(failure('staging.gone'));
    await expect(stage(join(root, 'circle.csv'))).rejects.toEqual(failure('staging.unreadable'));
  });

  it('tells a marker of an open workbook from the workbook', async () => {
    await expect(stage(write('~$March.xlsx', 'x'))).rejects.toEqual(failure('staging.lock_file'));
    await expect(stage(write('.~lock.March.ods#', 'x'))).rejects.toEqual(failure('staging.lock_file'));
  });

  it('refuses an empty file', async () => {
    await expect(stage(write('a.csv', ''))).rejects.toEqual(failure('staging.empty', { fileName: 'a.csv' }));
  });

  it('refuses a 10 GB sparse file before it copies one byte', async () => {
    const path = write('huge.csv', '');
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, 10 * 1024 * MIB);
    closeSync(descriptor);
    let progressed = false;
    await expect(
      stage(path, () => {
        progressed = true;
      }),
    ).rejects.toEqual(failure('staging.too_large', { sizeBytes: 10 * 1024 * MIB, limitBytes: 500 * MIB }));
    expect(progressed).toBe(false);
  });

  it('takes a file of exactly the limit, and none over it', async () => {
    const options = { signal: never };
    await staging(4).stageFile(write('a.csv', '1234'), options);
    await expect(staging(4).stageFile(write('b.csv', '12345'), options)).rejects.toEqual(
      failure('staging.too_large'),
    );
  });

  it('refuses a file that does not fit on the disk, with the bytes needed, before it copies', async () => {
    const path = write('huge.csv', '');
    const descriptor = openSync(path, 'r+');
    const sizeBytes = 2 ** 42;
    ftruncateSync(descriptor, sizeBytes);
    closeSync(descriptor);
    await expect(staging(Number.MAX_SAFE_INTEGER).stageFile(path, { signal: never })).rejects.toEqual(
      failure('staging.disk_full', { neededBytes: sizeBytes, freeBytes: expect.any(Number) }),
    );
    expect(leftOver()).toEqual([]);
  });

  const changes: [string, (path: string) => void][] = [
    ['grows', (path) => appendFileSync(path, 'more')],
    [
      'is edited in place',
      (path) => {
        const descriptor = openSync(path, 'r+');
        writeSync(descriptor, 'X', 0);
        closeSync(descriptor);
      },
    ],
    [
      'is cut short',
      (path) => {
        const descriptor = openSync(path, 'r+');
        ftruncateSync(descriptor, 5);
        closeSync(descriptor);
      },
    ],
    [
      'is saved anew under the same name',
      (path) => {
        writeOld('other', bigContent);
        renameSync(join(root, 'other'), path);
      },
    ],
    [
      'is replaced by a link',
      (path) => {
        rmSync(path);
        symlinkSync(writeOld('other', bigContent), path);
      },
    ],
  ];
  it.each(changes)('refuses a file that %s in mid read', async (_, change) => {
    const path = writeOld('a.csv', bigContent);
    let done = false;
    const staged = stage(path, () => {
      if (!done) change(path);
      done = true;
    });
    await expect(staged).rejects.toEqual(failure('staging.changed', { fileName: 'a.csv' }));
    expect(leftOver()).toEqual([]);
  });

  it('refuses a file that is deleted in mid read', async () => {
    const path = writeOld('a.csv', bigContent);
    await expect(stage(path, () => rmSync(path, { force: true }))).rejects.toEqual(failure('staging.gone'));
    expect(leftOver()).toEqual([]);
  });

  it('notices a second save that the time stamp of the drive cannot tell from the first', async () => {
    const path = write('a.csv', bigContent);
    const now = Date.now() / 1000;
    utimesSync(path, now, now);
    let done = false;
    const staged = stage(path, () => {
      if (done) return;
      done = true;
      const descriptor = openSync(path, 'r+');
      writeSync(descriptor, 'X', 0);
      closeSync(descriptor);
      utimesSync(path, now, now);
    });
    await expect(staged).rejects.toEqual(failure('staging.changed'));
  });

  it('leaves nothing when it is cancelled', async () => {
    const controller = new AbortController();
    const staged = staging().stageFile(write('a.csv', bigContent), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(staged).rejects.toEqual(failure('app.cancelled'));
    expect(leftOver()).toEqual([]);
    await expect(staging().stageFile(join(root, 'a.csv'), { signal: controller.signal })).rejects.toEqual(
      failure('app.cancelled'),
    );
  });

  it('names a file that may not be read', async () => {
    const path = write('a.csv', 'x');
    execFileSync('chmod', ['000', path]);
    // Root may read everything: for the length of this test the process is somebody else.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) execFileSync('chmod', ['-R', 'o+rwX', root]);
    if (isRoot) execFileSync('chmod', ['000', path]);
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(stage(path)).rejects.toEqual(failure('staging.unreadable', { reason: 'no permission' }));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('says when its own folder cannot be written', async () => {
    write('home', 'a file stands where the folder should be');
    await expect(stage(write('a.csv', 'x'))).rejects.toEqual(failure('staging.not_writable'));
  });
});

async function* pieces(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Promise.resolve(Buffer.from(part));
}

describe('staging a stream', () => {
  const options = { signal: never, sizeBytes: null };

  it('stages what arrives', async () => {
    const staged = await staging().stageStream(pieces('ab', '', 'c'), { ...options, sizeBytes: 3 });
    expect(staged).toEqual({ sha256: sha256Of('abc'), path: join(folder, sha256Of('abc')), sizeBytes: 3 });
  });

  it('refuses an upload that broke off, grew over the limit or was announced over it', async () => {
    await expect(staging().stageStream(pieces('ab'), { ...options, sizeBytes: 3 })).rejects.toEqual(
      failure('staging.incomplete', { receivedBytes: 2, announcedBytes: 3 }),
    );
    await expect(staging(3).stageStream(pieces('ab', 'cd'), options)).rejects.toEqual(
      failure('staging.too_large'),
    );
    let asked = false;
    const source = (async function* () {
      asked = true;
      yield* pieces('abcd');
    })();
    await expect(staging(3).stageStream(source, { ...options, sizeBytes: 4 })).rejects.toEqual(
      failure('staging.too_large'),
    );
    expect(asked).toBe(false);
    await expect(staging().stageStream(pieces(), options)).rejects.toEqual(failure('staging.empty'));
    expect(leftOver()).toEqual([]);
  });

  it('leaves nothing when the sender goes away', async () => {
    const source = (async function* () {
      yield* pieces('ab');
      throw new Error('aborted');
    })();
    await expect(staging().stageStream(source, options)).rejects.toThrow('aborted');
    expect(leftOver()).toEqual([]);
  });
});

describe('the sweep', () => {
  it('removes temp files of dead processes only', async () => {
    const staged = await stage(write('a.csv', 'x'));
    const id = '0123456789abcdef';
    // A process that has ended: its id is free again, or belongs to nobody that this test started.
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    const parent = `.tmp-${process.ppid}-${id}`;
    for (const name of [`.tmp-${dead}-${id}`, `.tmp-${process.pid}-${id}`, parent, 'notes.txt']) {
      writeFileSync(join(folder, name), 'x');
    }
    let during = -1;
    await staging().stageStream(
      (async function* () {
        yield* pieces('a');
        during = await staging().sweep();
        yield* pieces('b');
      })(),
      { signal: never, sizeBytes: null },
    );
    expect(during).toBe(2);
    expect(leftOver().sort()).toEqual([parent, 'notes.txt', staged.sha256, sha256Of('ab')].sort());
  });
});
