import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, readAll, withFile } from './collect.fixture.ts';
import { openDelimited } from './open-delimited.ts';
import { SCANNER_SOURCE_SHA256 } from './scanner/scanner-wasm.generated.ts';

const signal = new AbortController().signal;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mauzo-open-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('what is no delimited text', () => {
  it.each<[string, string | Uint8Array, string, RegExp | null]>([
    ['nothing', '', 'reading.empty_file', null],
    ['a PDF', '%PDF-1.7\n%âãÏÓ\n1 0 obj', 'reading.not_a_table', /PDF/],
    ['a workbook', Buffer.from('504b0304140006000800', 'hex'), 'reading.not_a_table', /zip/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'reading.not_a_table', /PNG/],
    ['a web page', '<!DOCTYPE html>\n<html><body>', 'reading.not_a_table', /web page/],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251)),
      'reading.not_a_table',
      /binary/,
    ],
    ['zero bytes', Buffer.alloc(5000), 'reading.only_zero_bytes', null],
    ['blank lines', '\n\n  \n', 'reading.no_rows', null],
    ['a very wide row', `${'a,'.repeat(20_000)}b\n1\n`, 'reading.too_many_columns', null],
  ])('%s is refused by name', async (_, content, code, actual) => {
    const failure = await withFile(content, async () => null).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).toMatch(actual ?? /./);
  });

  it('a missing file is told', async () => {
    await expect(
      openDelimited(join(folder, 'none.csv'), { signal, fileName: 'none.csv' }),
    ).rejects.toMatchObject({
      code: 'reading.unreadable',
      details: { reason: 'ENOENT' },
    });
  });

  it('ten sparse gigabytes fail at once', async () => {
    const path = join(folder, 'sparse.csv');
    await writeFile(path, '');
    await truncate(path, 10 * 1024 ** 3);
    const started = performance.now();
    await expect(openDelimited(path, { signal, fileName: 'sparse.csv' })).rejects.toMatchObject({
      code: 'reading.only_zero_bytes',
    });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('a table that turns into zero bytes or one endless line fails with bounded memory', async () => {
    const rows = `a,b,c\n${'1,2,3\n'.repeat(300_000)}`;
    for (const [fill, code] of [
      ['\0', 'reading.only_zero_bytes'],
      ['x', 'reading.line_too_long'],
    ] as const) {
      await withFile(rows + fill.repeat(30 * 1024 * 1024), async (file) => {
        const [table] = file.tables;
        if (table === undefined) throw new Error('no table');
        await expect(collect(table)).rejects.toMatchObject({ code });
      });
    }
    await expect(withFile('x'.repeat(20 * 1024 * 1024), async () => null)).rejects.toMatchObject({
      code: 'reading.line_too_long',
    });
  });

  it('a file that is cut while it is read fails', async () => {
    await withFile('a,b\n'.repeat(3_000_000), async (file, path) => {
      const [table] = file.tables;
      const iterator = table?.events(signal)[Symbol.asyncIterator]();
      await iterator?.next();
      await truncate(path, 100);
      const drain = async (): Promise<void> => {
        while ((await iterator?.next())?.done === false);
      };
      await expect(drain()).rejects.toMatchObject({ code: 'reading.changed' });
    });
  });

  it('stops when it is told to', async () => {
    await withFile('a,b\n1,2\n', async (file) => {
      const [table] = file.tables;
      if (table === undefined) throw new Error('no table');
      await expect(collect(table, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    });
  });
});

describe('encodings and dialects', () => {
  const text =
    'Datum;Filiale;Betrag\n01.03.2024;Köln – Süd;1.234,50\n02.03.2024;Zürich;2,00\n03.03.2024;Kraków €;3,00\n';
  const latin = text.replace('Kraków', 'Espoo');
  it.each([
    ['utf-8', Buffer.from(text), text],
    ['utf-8 with BOM', Buffer.from(`\ufeff${text}`), text],
    ['utf-16le with BOM', encode(text, 'utf-16le', { addBOM: true }), text],
    ['utf-16be with BOM', encode(text, 'utf-16be', { addBOM: true }), text],
    ['utf-16le', encode(text, 'utf-16le'), text],
    ['windows-1252', encode(latin, 'windows-1252'), latin],
  ])('reads %s', async (_, bytes, expected) => {
    const { header, records, rows, file } = await readAll(bytes);
    const [names = [], ...data] = expected
      .trim()
      .split('\n')
      .map((line) => line.split(';'));
    expect(header).toEqual(names);
    expect(records).toEqual(data);
    expect(rows).toEqual([2, 3, 4]);
    expect(file.dialect?.delimiter).toBe(';');
  });

  it('tells Windows-1252 from UTF-8 by a character far behind the sample', async () => {
    const far = `a,b\n${'1,plain text here\n'.repeat(200_000)}2,Caf\u00e9\n`;
    const { records, file } = await readAll(encode(far, 'windows-1252'));
    expect(file.dialect?.encoding).toBe('windows-1252');
    expect(records.at(-1)).toEqual(['2', 'Café']);
  });

  it.each<[string, string, string[], number, number[]]>([
    [
      'titles',
      'Sales report\nMarch 2024\n\nDate,Branch,Amount\n2024-03-01,A,1\n2024-03-02,B,2\n',
      ['Date', 'Branch', 'Amount'],
      5,
      [5, 6],
    ],
    [
      'padded titles',
      'Sales report,,\n,,\nDate,Branch,Amount\n2024-03-01,A,1\n2024-03-02,B,2\n2024-03-03,B,2\n',
      ['Date', 'Branch', 'Amount'],
      4,
      [4, 5, 6],
    ],
    [
      'two header rows',
      ',Sales,,Costs\nBranch,Gross,Returns,Total\nA,1,2,3\nB,4,5,6\nC,7,8,9\n',
      ['Branch', 'Sales Gross', 'Sales Returns', 'Costs Total'],
      3,
      [3, 4, 5],
    ],
    ['no header', '2024-03-01,A,1\n2024-03-02,B,2\n2024-03-03,C,3\n2024-03-04,C,3\n', [], 1, [1, 2, 3, 4]],
    ['a header only', 'Date,Branch,Amount\n', ['Date', 'Branch', 'Amount'], 2, []],
    ['a header without line end', 'Date,Branch,Amount', ['Date', 'Branch', 'Amount'], 2, []],
    [
      'comments',
      '# exported\n# by us\nDate,Branch\n2024-03-01,A\n2024-03-02,B\n',
      ['Date', 'Branch'],
      4,
      [4, 5],
    ],
    [
      'years as names',
      'Branch,2022,2023\nA,100.5,200.5\nB,300.5,400.5\nC,1.5,2.5\n',
      ['Branch', '2022', '2023'],
      2,
      [2, 3, 4],
    ],
    ['one column', 'Branch\nNairobi\nKisumu\n', ['Branch'], 2, [2, 3]],
    ['words only', 'Code,Name\nX,Nairobi\nY,Kisumu\nZ,Nairobi\n', ['Code', 'Name'], 2, [2, 3, 4]],
  ])('understands %s', async (_, content, header, firstDataRow, rows) => {
    const read = await readAll(content);
    expect(read.header).toEqual(header);
    expect(read.file.tables[0]?.firstDataRow).toBe(firstDataRow);
    expect(read.rows).toEqual(rows);
    expect(read.broken).toEqual([]);
  });

  it.each([
    ['tab', '\t'],
    ['pipe', '|'],
    ['semicolon', ';'],
    ['comma and space', ', '],
    ['double pipe', '||'],
    ['caret', '^'],
  ])('finds %s between values', async (_, delimiter) => {
    const lines = [
      ['Date', 'Branch', 'Item', 'Amount'],
      ['2024-03-01', 'Nairobi CBD', 'Soap', '10.50'],
      ['2024-03-02', 'Kisumu', 'Tea leaves', '11.50'],
      ['2024-03-03', 'Mombasa', 'Rice', '-12.00'],
    ];
    const { records, file } = await readAll(lines.map((line) => line.join(delimiter)).join('\n'));
    expect(file.dialect?.delimiter).toBe(delimiter);
    expect(records).toEqual(lines.slice(1));
  });

  it('the second opening agrees with the first', async () => {
    await withFile('a;b\n1,5;x\n2,5;y\n', async (file, path) => {
      expect(file.dialect).not.toBeNull();
      const again = await openDelimited(path, {
        signal,
        fileName: 'again.csv',
        ...(file.dialect ? { dialect: file.dialect } : {}),
      });
      expect(again.dialect).toEqual(file.dialect);
      expect(again.tables[0]?.header).toEqual(['a', 'b']);
      await again.close();
    });
  });

  it('reads across the borders of its buffers', async () => {
    const line = (i: number): string => `${i},"value ${i}, ""quoted""\n second line",${i}.25`;
    const count = 300_000;
    const handle = await open(join(folder, 'large.csv'), 'w');
    await handle.write('id,text,amount\n');
    for (let i = 0; i < count; i += 10_000) {
      await handle.write(`${Array.from({ length: 10_000 }, (_, k) => line(i + k)).join('\n')}\n`);
    }
    await handle.close();
    const file = await openDelimited(join(folder, 'large.csv'), { signal, fileName: 'large.csv' });
    const [table] = file.tables;
    if (table === undefined) throw new Error('no table');
    let records = 0;
    let wrong = 0;
    for await (const event of table.events(signal)) {
      if (event.kind !== 'batch') continue;
      const { batch } = event;
      for (let r = 0; r < batch.records; r += 1) {
        const text = Buffer.from(
          batch.bytes.buffer,
          batch.bytes.byteOffset + (batch.starts[r * 3 + 1] ?? 0),
          (batch.ends[r * 3 + 1] ?? 0) - (batch.starts[r * 3 + 1] ?? 0),
        );
        const expected = `value ${records}, "quoted"\n second line`;
        if (text.toString() !== expected || batch.rows[r] !== records * 2 + 2) wrong += 1;
        records += 1;
      }
    }
    await file.close();
    expect([records, wrong]).toEqual([count, 0]);
  });
});

it('the committed scanner is compiled from the source beside it (scripts/build-scanner.mts)', async () => {
  const source = await readFile(join(import.meta.dirname, 'scanner/assembly/index.ts'), 'utf8');
  const sha256 = createHash('sha256').update(source.replaceAll('\r\n', '\n')).digest('hex');
  expect(sha256).toBe(SCANNER_SOURCE_SHA256);
});

describe('the header of a very small table', () => {
  it.each([
    ['repeated below', 'Date,Branch,Amount\n2024-03-05,Kisumu,1\nDate,Branch,Amount\n2024-03-06,Kisumu,2\n'],
    ['alone over one row', 'Date,Branch,Amount\n2024-03-05,Branch,1\n'],
  ])('%s is found', async (_, text) => {
    expect((await readAll(text)).header).toEqual(['Date', 'Branch', 'Amount']);
  });

  it('is found where two columns have one name', async () => {
    const { header } = await readAll('Date,Branch,Amount,Amount\n2024-03-05,N,1,2\n2024-03-06,N,1,2\n');
    expect(header).toEqual(['Date', 'Branch', 'Amount', 'Amount']);
  });

  it('is not invented from two rows of data', async () => {
    const { records } = await readAll('2024-03-05,Kisumu,1.50\n2024-03-06,Kisumu,2.50\n');
    expect(records).toHaveLength(2);
  });
});
