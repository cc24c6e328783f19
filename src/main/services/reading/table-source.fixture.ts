import type { Finding } from '#shared/domain/findings';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { CellKind, type CellBatch, type OpenedFile, type TableEvent, type TableSource } from './ports.ts';

export type FixtureCell = string | { readonly kind: keyof typeof CellKind; readonly text: string };

const textOf = (cell: FixtureCell) => (typeof cell === 'string' ? cell : cell.text);

/** A batch of records from cells as text; `rows` gives physical rows, counted from 2 when absent. */
export function batchOf(
  records: readonly (readonly FixtureCell[])[],
  rows: readonly number[] = records.map((_, index) => index + 2),
  findings: readonly Finding[] = [],
): CellBatch {
  const encoder = new TextEncoder();
  const cells = records.flat();
  const encoded = cells.map((cell) => encoder.encode(textOf(cell)));
  const bytes = new Uint8Array(encoded.reduce((sum, part) => sum + part.length + 1, 0));
  const starts = new Uint32Array(cells.length);
  const ends = new Uint32Array(cells.length);
  let at = 0;
  encoded.forEach((part, index) => {
    bytes.set(part, at);
    starts[index] = at;
    ends[index] = at + part.length;
    at += part.length + 1;
  });
  const typed = cells.some((cell) => typeof cell !== 'string');
  return {
    bytes,
    columns: records[0]?.length ?? 0,
    records: records.length,
    starts,
    ends,
    kinds: typed
      ? Uint8Array.from(cells, (cell) => CellKind[typeof cell === 'string' ? 'text' : cell.kind])
      : null,
    rows: Float64Array.from(rows),
    bytesDone: bytes.length,
    findings,
  };
}

export function sourceOf(header: readonly string[], events: readonly TableEvent[]): TableSource {
  return {
    sheet: '',
    hidden: false,
    header,
    headerRows: [1],
    firstDataRow: 2,
    columns: header.length,
    serialDates: null,
    async *events() {
      yield* events;
    },
  };
}

export const openedOf = (...tables: TableSource[]): OpenedFile => ({
  format: 'csv',
  dialect: null,
  sizeBytes: 1000,
  tables,
  notes: [],
  close: async () => undefined,
});

export function columnOf(index: number, name: string, over: Partial<InspectedColumn> = {}): InspectedColumn {
  return {
    index,
    name,
    invented: false,
    type: 'text',
    fit: 1,
    blankShare: 0,
    numberStyle: null,
    dateOrder: null,
    ambiguous: false,
    samples: [],
    ...over,
  };
}

export const numberColumn = { type: 'number', numberStyle: { decimal: '.', grouping: '' } } as const;
export const dateColumn = { type: 'date', dateOrder: 'iso' } as const;

export const tableOf = (columns: readonly InspectedColumn[]): InspectedTable => ({
  sheet: '',
  index: 0,
  hidden: false,
  headerRows: [1],
  firstDataRow: 2,
  columns: [...columns],
  sampleRows: [],
  estimatedRows: null,
  fingerprint: '',
});
