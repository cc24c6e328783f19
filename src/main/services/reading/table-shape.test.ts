import { describe, expect, it } from 'vitest';
import { findTableShape, isTotalLine, joinHeaderRows } from './table-shape.ts';

const table = (text: string) => text.split('\n').map((line) => (line === '' ? [] : line.split('|')));

describe('findTableShape', () => {
  it('finds a header in the first row', () => {
    const rows = table('Date|Branch|Sales\n2026-01-02|Kisumu|100\n2026-01-03|Kisumu|200');
    expect(findTableShape(rows)).toEqual({ headerRows: [0], firstDataRow: 1, titleRows: [] });
  });

  it('passes over title rows and blank rows', () => {
    const rows = table(
      'Mauzo Ltd||\nSales detail|Nakuru|\nPeriod: Sep 2026\n\nPosting Date|BP Name|Amount|Qty\n01/09/2026|A|1,200.50|3\n02/09/2026|B|300|1\n03/09/2026|C|4|1',
    );
    expect(findTableShape(rows)).toEqual({ headerRows: [4], firstDataRow: 5, titleRows: [0, 1, 2] });
  });

  it('passes over titles as wide as half the table', () => {
    const rows = table(
      'Report|Branch Mombasa|October|\nWhen|Thing|How many|Worth\n2026-10-01|Nails|4|20\n2026-10-02|Pipe|1|30',
    );
    expect(findTableShape(rows).headerRows).toContain(1);
    expect(findTableShape(rows).firstDataRow).toBe(2);
  });

  it('sees that there is no header', () => {
    const rows = table('2026-01-02|Kisumu|100\n2026-01-03|Kisumu|200\n2026-01-04|Thika|300');
    expect(findTableShape(rows)).toEqual({ headerRows: [], firstDataRow: 0, titleRows: [] });
  });

  it('sees that words which come again are no header', () => {
    const rows = table('Kisumu|Retail|Cement\nThika|Retail|Paint\nKisumu|Export|Paint');
    expect(findTableShape(rows).headerRows).toEqual([]);
  });

  it('takes words over words as a header when they do not come again', () => {
    const rows = table('Place|Kind\nThika|Retail\nKisumu|Export');
    expect(findTableShape(rows).headerRows).toEqual([0]);
  });

  it('takes a first data row of bad values for data, not for a second header', () => {
    const rows = table(
      'Date|Branch|Sales Amount\nn/a|Kisumu|#REF!\n2026-01-03|Kisumu|200\n2026-01-04|Thika|300',
    );
    expect(findTableShape(rows)).toEqual({ headerRows: [0], firstDataRow: 1, titleRows: [] });
  });

  it('joins group names above the header', () => {
    const rows = table(
      'Date|Branch|Sales||Returns|\n||Qty|Amount|Qty|Amount\n2026-01-03|Kisumu|2|200|0|0\n2026-01-04|Thika|3|300|0|0',
    );
    const shape = findTableShape(rows);
    expect(shape.headerRows).toEqual([0, 1]);
    expect(
      joinHeaderRows(
        shape.headerRows.map((row) => rows[row] ?? []),
        6,
      ),
    ).toEqual(['Date', 'Branch', 'Sales Qty', 'Sales Amount', 'Returns Qty', 'Returns Amount']);
  });

  it('takes a row of units into the header', () => {
    const rows = table(
      'Date|Item|Amount|Weight\n||(KES)|(kg)\n2026-01-03|Nails|200|1\n2026-01-04|Pipes|300|2',
    );
    expect(findTableShape(rows)).toMatchObject({ headerRows: [0, 1], firstDataRow: 2 });
  });

  it('accepts years as names of columns', () => {
    const rows = table('Branch|2024|2025\nKisumu|100.5|200\nThika|1,000|3');
    expect(findTableShape(rows).headerRows).toEqual([0]);
  });

  it('handles nothing, blanks and one column', () => {
    expect(findTableShape([])).toEqual({ headerRows: [], firstDataRow: 0, titleRows: [] });
    expect(findTableShape([[], ['', ' ']])).toEqual({ headerRows: [], firstDataRow: 0, titleRows: [] });
    expect(findTableShape(table('Amount\n1\n2')).headerRows).toEqual([0]);
    expect(findTableShape(table('Date|Branch|Sales')).headerRows).toEqual([0]);
  });
});

describe('isTotalLine', () => {
  it.each([
    'Total||||900',
    'GRAND TOTAL:||||900|12',
    '|Sub-total||5|',
    'Nakuru total||||5',
    'Total for Nakuru||||5',
    'Jumla||||1',
  ])('knows %s', (line) => expect(isTotalLine(line.split('|'), 6)).toBe(true));
  it.each([
    '2026-01-02|Total Energies|Nairobi|4|5|6',
    'Total Kenya Ltd|Nairobi|Retail|Paint|5|6',
    'Total Kenya|||||6',
    'Thika||||5|6',
    '||||5|6',
    'Total|2026-01-02|Nairobi|||6',
  ])('leaves %s', (line) => expect(isTotalLine(line.split('|'), 6)).toBe(false));
});
