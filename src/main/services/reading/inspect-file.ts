import { createHash } from 'node:crypto';
import { headerKey } from '#shared/domain/header-names';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import { SALES_FIELDS } from '#shared/domain/sales-schema';
import type { InspectedColumn, InspectedTable, Inspection } from '#shared/domain/tables';
import { decodeUtf8 } from '#shared/domain/values/bytes';
import type { ParserRun } from '../imports/ports.ts';
import { ColumnSample, type Proven } from './inspect-column.ts';
import { CellKind, type CellBatch, type OpenedFile, type TableSource } from './ports.ts';
import { breathe } from './validate-file.ts';

const SAMPLE_RECORDS = 2_000;
const SHOWN_ROWS = 20;
const SHOWN_CHARACTERS = 200;
/**
 * How far columns are followed that are blank or can be read in two ways: returns are rare, and days over 12 may come
 * late in a file sorted by date.
 */
const FOLLOWED_BYTES = 64 * 1024 * 1024;

class TableSample {
  readonly columns: ColumnSample[];
  readonly rows: string[][] = [];
  records = 0;
  #followed: readonly number[] | null = null;

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => new ColumnSample());
  }

  get sampled(): boolean {
    return this.records >= SAMPLE_RECORDS;
  }

  add(batch: CellBatch): void {
    for (let record = 0; record < batch.records; record++) {
      if (!this.sampled) this.#addRecord(batch, record);
      else if (this.#followed !== null) {
        for (const column of this.#followed) this.#addCell(batch, record, column);
      }
      this.records++;
    }
  }

  #addCell(batch: CellBatch, record: number, column: number): string {
    const cell = record * batch.columns + column;
    const text = decodeUtf8(batch.bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0);
    this.columns[column]?.add(text, batch.kinds?.[cell] ?? CellKind.text);
    return text;
  }

  #addRecord(batch: CellBatch, record: number): void {
    const texts = this.columns.map((_, column) => this.#addCell(batch, record, column));
    if (this.rows.length < SHOWN_ROWS) this.rows.push(texts.map((text) => text.slice(0, SHOWN_CHARACTERS)));
  }

  proven(): Proven {
    const proofs = this.columns.map((column) => column.proves());
    const styles = proofs.flatMap((proof) => proof.numberStyle ?? []);
    const orders = proofs.flatMap((proof) => proof.dateOrder ?? []);
    const [style] = styles;
    const [order] = orders;
    return {
      ...(style && styles.every((other) => other.decimal === style.decimal) ? { numberStyle: style } : {}),
      ...(order && orders.every((other) => other === order) ? { dateOrder: order } : {}),
    };
  }

  describe(source: TableSource): InspectedColumn[] {
    const proven = this.proven();
    return this.columns.map((column, index) =>
      column.describe(index, source.header[index] ?? '', proven, source.serialDates),
    );
  }

  /** True while some column is blank or can be read in two ways, and more of the file may decide it. */
  follow(source: TableSource): boolean {
    this.#followed = this.describe(source).flatMap((column) =>
      column.type === 'empty' || (column.ambiguous && !this.columns[column.index]?.full)
        ? [column.index]
        : [],
    );
    return this.#followed.length > 0;
  }
}

function fingerprint(columns: readonly InspectedColumn[]): string {
  const named = columns.map((column) => (column.invented ? `#${column.type}` : headerKey(column.name)));
  return createHash('sha256').update(JSON.stringify(named)).digest('hex');
}

async function inspectTable(
  source: TableSource,
  index: number,
  sizeBytes: number,
  run: ParserRun,
): Promise<InspectedTable> {
  const sample = new TableSample(source.columns);
  let bytesDone = 0;
  let broken = 0;
  let ended = true;
  for await (const event of source.events(run.signal)) {
    run.signal.throwIfAborted();
    await breathe();
    if (event.kind === 'broken') broken += event.records.length;
    if (event.kind !== 'batch') continue;
    sample.add(event.batch);
    bytesDone = event.batch.bytesDone;
    run.onProgress?.({
      bytesDone: Math.min(bytesDone, sizeBytes),
      bytesTotal: sizeBytes,
      rows: sample.records,
    });
    if (!sample.sampled) continue;
    if (bytesDone >= FOLLOWED_BYTES || !sample.follow(source)) {
      ended = false;
      break;
    }
  }
  const columns = sample.describe(source);
  const seen = sample.records + broken;
  const share = bytesDone > 0 ? sizeBytes / bytesDone : null;
  return {
    sheet: source.sheet,
    index,
    hidden: source.hidden,
    headerRows: [...source.headerRows],
    firstDataRow: source.firstDataRow,
    columns,
    sampleRows: sample.rows,
    estimatedRows: ended ? seen : share === null ? null : Math.round(seen * Math.max(1, share)),
    fingerprint: fingerprint(columns),
  };
}

/** How well a table fits the sales schema: confidence of its fields, required ones counted thrice. */
function fitsSales(table: InspectedTable): number {
  const { suggestions } = suggestMapping(table, null);
  const fit = suggestions.reduce((sum, suggestion, index) => {
    const weight = SALES_FIELDS[index]?.required ? 3 : 1;
    return sum + suggestion.confidence * weight;
  }, 0);
  return table.estimatedRows === 0 ? fit / 4 : table.hidden ? fit / 2 : fit;
}

/** Looks at every table of an opened file, on its first megabytes. */
export async function inspectFile(file: OpenedFile, run: ParserRun): Promise<Inspection> {
  const tables: InspectedTable[] = [];
  for (const [index, source] of file.tables.entries()) {
    tables.push(await inspectTable(source, index, file.sizeBytes, run));
  }
  const scores = tables.map(fitsSales);
  const best = Math.max(0, ...scores);
  return {
    format: file.format,
    dialect: file.dialect,
    tables,
    suggestedTable: Math.max(0, scores.indexOf(best)),
  };
}
