import { describe, expect, it } from 'vitest';
import { readAll } from './collect.fixture.ts';

const HEADER = 'Date,Branch,Item,Qty,Amount';
const good = (day: number): string => `2024-03-${String(day).padStart(2, '0')},Nairobi,Soap,${day},${day}.50`;
const cells = (day: number): string[] => good(day).split(',');
const file = (...lines: string[]): string =>
  [HEADER, ...[1, 2, 3, 4].map((day) => good(day)), ...lines].join('\n');
const before = [1, 2, 3, 4].map((day) => cells(day));

/** Records behind the four good ones, with what was said about them. */
async function read(...lines: string[]): Promise<{
  records: string[][];
  broken: [number, string][];
  findings: [number, string][];
  skipped: [number, string, string][];
}> {
  const all = await readAll(file(...lines));
  expect(all.header).toEqual(HEADER.split(','));
  expect(all.records.slice(0, 4)).toEqual(before);
  return {
    records: all.records.slice(4),
    broken: all.broken.map(({ row, finding }) => [row, finding.code]),
    findings: all.findings.map(({ row, code }) => [row, code]),
    skipped: all.skipped.map(({ row, kind, text }) => [row, kind, text]),
  };
}

describe('damaged rows', () => {
  it('takes a stray quote as text and says so', async () => {
    const { records, findings, broken } = await read('2024-03-05,Nairobi,5" pipe,1,2.00', good(6));
    expect(records).toEqual([['2024-03-05', 'Nairobi', '5" pipe', '1', '2.00'], cells(6)]);
    expect(findings).toEqual([[6, 'reading.stray_quote']]);
    expect(broken).toEqual([]);
  });

  it('never lets an unclosed quote swallow the next rows', async () => {
    const { records, findings } = await read('2024-03-05,"Nairobi,Soap,1,2.00', good(6), good(7));
    expect(records).toEqual([['2024-03-05', '"Nairobi', 'Soap', '1', '2.00'], cells(6), cells(7)]);
    expect(findings).toEqual([[6, 'reading.unclosed_quote']]);
  });

  it('goes on behind an unclosed quote whose row cannot be read', async () => {
    const { records, broken } = await read(
      '2024-03-05,"Nairobi,CBD,Soap,1,2.00',
      good(6),
      '2024-03-07,"Nairobi",Soap,1,2.00',
    );
    expect(records).toEqual([cells(6), ['2024-03-07', 'Nairobi', 'Soap', '1', '2.00']]);
    expect(broken).toEqual([[6, 'reading.unclosed_quote']]);
  });

  it('tells of a record that two stray quotes may have made', async () => {
    const { records, findings } = await read(
      '2024-03-05,"Nairobi,Soap,1,2.00',
      '2024-03-06,Nairobi",Soap,1,2.00',
      good(7),
    );
    expect(records.at(-1)).toEqual(cells(7));
    expect(findings).toEqual([[6, 'reading.suspicious_quotes']]);
  });

  it('tells of whole rows between two stray quotes', async () => {
    const quoted = '2024-03-04,"Nairobi, CBD",Soap,1,2.00';
    const { records, findings } = await read(
      quoted,
      quoted,
      quoted,
      '2024-03-05,"Nairobi,Soap,1,2.00',
      good(6),
      good(7),
      '2024-03-08,Nairobi",Soap,1,2.00',
      good(9),
    );
    expect(records).toHaveLength(5);
    expect(records.at(-1)).toEqual(cells(9));
    expect(findings).toEqual([[9, 'reading.suspicious_quotes']]);
  });

  it('pads a short row only where the types leave one way', async () => {
    const padded = await read('2024-03-05,Nairobi,Soap,1', good(6));
    expect(padded.broken).toEqual([[6, 'reading.row_too_short']]);
    const clear = await read('2024-03-05,Nairobi,Soap', good(6));
    expect(clear.records[0]).toEqual(['2024-03-05', 'Nairobi', 'Soap', '', '']);
    expect(clear.findings).toEqual([[6, 'reading.row_padded']]);
  });

  it('drops blank cells behind the last column', async () => {
    const { records, findings } = await read(`${good(5)},,`, good(6));
    expect(records).toEqual([cells(5), cells(6)]);
    expect(findings).toEqual([[6, 'reading.row_trimmed']]);
  });

  it('keeps a long row whole and apart', async () => {
    const { records, broken } = await read(`${good(5)},7,8`, good(6));
    expect(records).toEqual([cells(6)]);
    expect(broken).toEqual([[6, 'reading.row_too_long']]);
  });

  it('removes zero bytes and says so', async () => {
    const { records, findings } = await read('2024-03-05,Nai\0robi,Soap,1,2.00', good(6));
    expect(records[0]?.[1]).toBe('Nairobi');
    expect(findings).toEqual([[6, 'reading.nul_bytes']]);
  });

  it('reads lone CR, LF and CRLF in one file', async () => {
    const all = await readAll(`${HEADER}\r\n${good(1)}\n${good(2)}\r\n${good(3)}\r${good(4)}\r\n`);
    expect(all.records).toEqual([cells(1), cells(2), cells(3), cells(4)]);
  });

  it('accounts for blank lines, footers and totals', async () => {
    const { records, skipped } = await read('', '  ', good(5), '', 'Total: 12 rows', 'Printed by Amina');
    expect(records).toEqual([cells(5)]);
    expect(skipped).toEqual([
      [6, 'blank', ''],
      [7, 'blank', ''],
      [9, 'blank', ''],
      [10, 'total', 'Total: 12 rows'],
      [11, 'footer', 'Printed by Amina'],
    ]);
  });

  it('names another table below and keeps it out', async () => {
    const { records, skipped, findings } = await read(
      '',
      'Branch,Manager',
      'Nairobi,Amina',
      'Kisumu,Otieno',
      '',
    );
    expect(records).toEqual([]);
    expect(skipped.map(([row, kind]) => [row, kind])).toEqual([
      [6, 'blank'],
      [7, 'footer'],
      [8, 'footer'],
      [9, 'footer'],
    ]);
    expect(findings).toEqual([[7, 'reading.another_table']]);
  });

  it('calls a last row that was cut broken, not a footer', async () => {
    const { broken, skipped } = await read('2024-03');
    expect(broken).toEqual([[6, 'reading.row_too_short']]);
    expect(skipped).toEqual([]);
  });

  it('rows of the wrong width in the middle are broken, whatever they look like', async () => {
    const { broken, records } = await read('', 'Printed by Amina', good(5));
    expect(broken).toEqual([[7, 'reading.row_too_short']]);
    expect(records).toEqual([cells(5)]);
  });

  it('says which rows have damaged characters', async () => {
    const text = Buffer.from(
      file('2024-03-05,Café é è ü,Soap,1,2.00', '2024-03-06,Caf#,Soap,1,2.00', good(7)),
    );
    text[text.indexOf('#')] = 0xe9;
    const all = await readAll(text);
    expect(all.file.dialect?.encoding).toBe('windows-1252');
    const mostly = Buffer.concat([
      Buffer.from(`${file('2024-03-05,éééééééé,Soap,1,2.00')}\n`),
      Buffer.from('2024-03-06,Caf'),
    ]);
    const bytes = Buffer.concat([mostly, Buffer.from([0xe9]), Buffer.from(',Soap,1,2.00\n')]);
    const read8 = await readAll(bytes);
    expect(read8.file.dialect?.encoding).toBe('utf-8');
    expect(read8.findings.map(({ row, code }) => [row, code])).toEqual([[7, 'reading.invalid_characters']]);
  });

  it('stays linear on a file of nothing but stray quotes', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `2024-03-05,"Nairobi,Soap,${i},2.00`);
    const started = performance.now();
    const { records, findings } = await read(...lines);
    expect(records.length + findings.length).toBeGreaterThan(19_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
