import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { CellKind, type OpenedFile } from '../../services/reading/ports.ts';
import { codeOf, readTable } from '../spreadsheets/workbook.fixture.ts';
import { openParquet } from './open-parquet.ts';

const folder = mkdtempSync(join(tmpdir(), "mauzo-parquet-it's-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: OpenedFile[] = [];
afterAll(async () => {
  for (const file of opened) await file.close();
});

let count = 0;
async function write(select: string): Promise<string> {
  count += 1;
  const path = join(folder, `${count}.parquet`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

async function openAt(path: string) {
  const file = await openParquet(path, { signal: new AbortController().signal, fileName: 'sales.parquet' });
  opened.push(file);
  return file;
}

async function readAll(path: string) {
  const file = await openAt(path);
  const [table] = file.tables;
  if (!table) throw new Error('no table');
  return { file, table, ...(await readTable(table)) };
}

describe('openParquet', () => {
  it('reads typed columns as exact text with their kinds', async () => {
    const path = await write(`SELECT
      DATE '2024-03-01' AS "Posting Date", TIMESTAMP '2024-03-01 08:30:05.25' AS at, TIMESTAMP '2024-03-01' AS midnight,
      'Señor "Café"' AS Branch, 12345678901234.5678::DECIMAL(18,4) AS amount, 0.1::DOUBLE + 0.2::DOUBLE AS computed,
      1e-7::DOUBLE AS small, 9007199254740991::BIGINT AS big, 170141183460469231731687303715884105727::HUGEINT AS huge,
      true AS flag, 'nan'::DOUBLE AS bad, NULL::INTEGER AS nothing, [1, 2] AS list, 1234567890123456::DOUBLE AS id`);
    const { table, rows, file } = await readAll(path);
    expect(table).toMatchObject({ sheet: '', headerRows: [], firstDataRow: 1, columns: 14 });
    expect(table.header.slice(0, 4)).toEqual(['Posting Date', 'at', 'midnight', 'Branch']);
    const { number, date, text, boolean, error } = CellKind;
    expect(rows[0]?.cells.map((cell, index) => [cell, rows[0]?.kinds[index]])).toEqual([
      ['2024-03-01', date],
      ['2024-03-01T08:30:05.25', date],
      ['2024-03-01', date],
      ['Señor "Café"', text],
      ['12345678901234.5678', number],
      ['0.3', number],
      ['0.0000001', number],
      ['9007199254740991', number],
      // Parquet has no wider whole numbers, so writers store these as doubles.
      ['170141183460469000000000000000000000000', number],
      ['TRUE', boolean],
      ['nan', error],
      ['', text],
      ['[1, 2]', text],
      ['1234567890123456', number],
    ]);
    expect(file.notes.map(({ code, column }) => [code, column])).toEqual([['reading.nested_column', 'list']]);
  });

  it('converts instants to the time of the business once, and no other time', async () => {
    const path = await write(`SELECT make_timestamp(1709240400000000)::TIMESTAMP AS wall,
      TIMESTAMPTZ '2024-02-29 22:30:00+00:00' AS instant`);
    const { rows, file } = await readAll(path);
    expect(rows[0]?.cells).toEqual(['2024-02-29T21:00:00', '2024-03-01T01:30:00']);
    expect(file.notes.map(({ code, column }) => [code, column])).toEqual([
      ['reading.zone_converted', 'instant'],
    ]);
  });

  it('keeps the order and number of rows over many batches, and counts rows without values as blank', async () => {
    const path = await write(
      `SELECT CASE WHEN i = 70000 THEN NULL ELSE i END AS i, CASE WHEN i = 70000 THEN NULL ELSE 'x' || i END AS t FROM range(1, 100001) r(i)`,
    );
    const { rows, skipped } = await readAll(path);
    expect(rows).toHaveLength(99_999);
    expect(rows.every(({ row, cells }) => cells[0] === String(row) && cells[1] === `x${row}`)).toBe(true);
    expect(skipped).toEqual([{ row: 70_000, kind: 'blank', text: '' }]);
  });

  it('stops when it is cancelled', async () => {
    const file = await openAt(await write('SELECT 1 AS a'));
    const readCancelled = async () => {
      for await (const event of file.tables[0]?.events(AbortSignal.abort()) ?? [])
        expect(event).toBeUndefined();
    };
    expect(await codeOf(readCancelled)).toBe('app.cancelled');
  });

  it('names damage once and never reads wrong rows from it', async () => {
    const path = await write("SELECT i, 'text ' || i AS t FROM range(5000) r(i)");
    const sound = readFileSync(path);
    const failure = async (bytes: Buffer) => {
      const damaged = join(folder, 'damaged.parquet');
      writeFileSync(damaged, bytes);
      return codeOf(() => readAll(damaged));
    };
    expect(await failure(Buffer.alloc(0))).toBe('reading.empty_file');
    expect(await failure(sound.subarray(0, sound.length / 2))).toBe('reading.parquet_damaged');
    expect(await failure(Buffer.from('PAR1nothingPAR1'))).toBe('reading.parquet_damaged');
    expect(await failure(Buffer.concat([sound.subarray(0, -4), Buffer.from('PARE')]))).toBe(
      'reading.password_protected',
    );
    const footerLength = sound.readUInt32LE(sound.length - 8);
    const broken = Buffer.from(sound);
    broken.fill(0xff, sound.length - 8 - footerLength, sound.length - 8 - Math.floor(footerLength / 2));
    expect(await failure(broken)).toBe('reading.parquet_damaged');
  });
});
