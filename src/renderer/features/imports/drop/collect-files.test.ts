import { describe, expect, it } from 'vitest';
import {
  collectEntries,
  collectFiles,
  describeLeftOut,
  ignoreReason,
  type DirectoryEntryLike,
  type EntryLike,
  type FileEntryLike,
} from './collect-files.ts';

interface FakeFile {
  readonly name: string;
}
const file = (name: string): FileEntryLike<FakeFile> => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (success) => success({ name }),
});
/** Answers in batches of 100, as Chromium does. */
const folder = (name: string, children: readonly EntryLike[]): DirectoryEntryLike => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader() {
    let at = 0;
    return {
      readEntries(success) {
        const batch = children.slice(at, at + 100);
        at += batch.length;
        success(batch);
      },
    };
  },
});

describe('collectEntries', () => {
  it('opens folders to any depth and reads every batch', async () => {
    const many = Array.from({ length: 250 }, (_, index) => file(`b${String(index).padStart(3, '0')}.csv`));
    const result = await collectEntries<FakeFile>([
      file('a.csv'),
      folder('Sales', [folder('2026', many), file('z.csv')]),
    ]);
    expect(result.files).toHaveLength(252);
    expect(result.files[0]?.name).toBe('a.csv');
    expect(result.files.at(-1)?.name).toBe('z.csv');
    expect(result.folders).toEqual(['Sales']);
  });

  it('leaves lock files out and says so', async () => {
    const result = await collectEntries<FakeFile>([file('~$Kisumu.xlsx'), file('Kisumu.xlsx')]);
    expect(result.files.map((entry) => entry.name)).toEqual(['Kisumu.xlsx']);
    expect(describeLeftOut(result)).toBe(
      'Left out: ~$Kisumu.xlsx is the lock file of an open workbook and holds no rows.',
    );
  });

  it('skips what is plainly no spreadsheet in folders, but tries it when dropped alone', async () => {
    const inside = await collectEntries<FakeFile>([
      folder('Oct', [file('scan.pdf'), file('.DS_Store'), file('x.csv')]),
    ]);
    expect(inside.files.map((entry) => entry.name)).toEqual(['x.csv']);
    expect(describeLeftOut(inside)).toContain('.DS_Store, scan.pdf are not spreadsheets');
    const alone = await collectEntries<FakeFile>([file('scan.pdf')]);
    expect(alone.files).toHaveLength(1);
  });

  it('names what cannot be read and goes on', async () => {
    const broken: FileEntryLike<FakeFile> = {
      ...file('gone.csv'),
      file: (_, failure) => failure(new Error('NotFoundError')),
    };
    const closed: DirectoryEntryLike = {
      ...folder('Closed', []),
      createReader: () => ({ readEntries: (_, failure) => failure(new Error('denied')) }),
    };
    const result = await collectEntries<FakeFile>([broken, closed, file('ok.csv')]);
    expect(result.files.map((entry) => entry.name)).toEqual(['ok.csv']);
    expect(describeLeftOut(result)).toBe('Left out: gone.csv, Closed could not be read.');
  });

  it('says that an empty folder is empty', async () => {
    expect(describeLeftOut(await collectEntries<FakeFile>([folder('Nov', [])]))).toBe(
      '“Nov” holds no files.',
    );
  });
});

describe('collectFiles', () => {
  it('applies the folder rule only to files of a chosen folder', () => {
    const result = collectFiles([
      { name: 'a.pdf', webkitRelativePath: '' },
      { name: 'b.pdf', webkitRelativePath: 'Oct/b.pdf' },
    ]);
    expect(result.files.map((entry) => entry.name)).toEqual(['a.pdf']);
    expect(result.ignored).toEqual([{ name: 'b.pdf', reason: 'other' }]);
  });
});

describe('ignoreReason', () => {
  it.each([
    ['~$Book.xlsx', false, 'lock'],
    ['.~lock.Book.ods#', false, 'lock'],
    ['Thumbs.db', false, 'system'],
    ['.hidden.csv', false, null],
    ['.hidden.csv', true, 'system'],
    ['Book.xlsx', true, null],
    ['noextension', true, null],
  ])('%s (in a folder: %s) → %s', (name, inFolder, reason) => {
    expect(ignoreReason(name, inFolder)).toBe(reason);
  });
});
