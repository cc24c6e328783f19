import { AppError } from '#shared/errors/app-error';
import { LEDGER_COLUMNS, type LedgerTotals } from '#shared/domain/sales-schema';
import { valueFindings } from '#shared/domain/finding-catalogue';
import type { Finding, RejectedRow } from '#shared/domain/findings';
import type { InspectedTable } from '#shared/domain/tables';
import { decodeUtf8 } from '#shared/domain/values/bytes';
import type { ParserRun, ValidateRequest, ValidationReport } from '../imports/ports.ts';
import type { CompilePattern } from '../rules/ports.ts';
import type { CanonicalRow, CanonicalWriter, OpenCanonicalWriter } from './canonical-port.ts';
import { DuplicateRows } from './duplicate-rows.ts';
import { ExactSum } from './exact-sum.ts';
import { FindingsLog, FindingSource } from './findings-log.ts';
import { oddLine } from './odd-lines.ts';
import type { BrokenRecord, CellBatch, SkippedLine, TableSource } from './ports.ts';
import { RowLog } from './row-log.ts';
import { RowNormaliser, type MappedNote } from './row-normaliser.ts';
import { planRows, type RowPlan } from './row-slots.ts';
import { AcceptedRows } from './rules/accepted-rows.ts';
import { RowRules, ruleTitles } from './rules/row-rules.ts';
import { quoted } from './value-messages.ts';

const Channel = { row: 0, source: 1, rule: 2 } as const;

/** What validation needs from outside. */
export interface ValidationParts {
  readonly openWriter: OpenCanonicalWriter;
  readonly compilePattern: CompilePattern;
}

/** Text of the cells of a record. */
function cellTexts(batch: CellBatch, record: number): string[] {
  const from = record * batch.columns;
  return Array.from({ length: batch.columns }, (_, index) =>
    decodeUtf8(batch.bytes, batch.starts[from + index] ?? 0, batch.ends[from + index] ?? 0),
  );
}

/** Lets messages and timers of the process run between batches. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One pass over a table: every record is accepted, rejected or skipped, and counted. */
export class Validation {
  readonly #plan: RowPlan;
  readonly #header: readonly string[];
  readonly #normaliser: RowNormaliser;
  readonly #writer: CanonicalWriter;
  readonly #findings: FindingsLog;
  readonly #rejects: RowLog;
  readonly #skips: RowLog;
  readonly #duplicates = new DuplicateRows();
  readonly #sums: {
    readonly column: (typeof LEDGER_COLUMNS)[number];
    readonly target: number;
    readonly sum: ExactSum;
  }[];
  readonly #labels: readonly number[];
  readonly #amounts: readonly number[];
  readonly #sheet: string;
  readonly #rules: RowRules;
  /** Good rows of the batch that wait for the rules; unused when there are none. */
  readonly #candidates: AcceptedRows;
  readonly #pending = new Map<number, Finding[]>();
  readonly #notes = new Map<number, readonly MappedNote[]>();
  #accepted = 0;
  #rejected = 0;
  #skipped = 0;

  constructor(
    request: ValidateRequest,
    table: InspectedTable,
    { openWriter, compilePattern }: ValidationParts,
  ) {
    this.#sheet = table.sheet;
    this.#header = table.columns.map((column) => column.name);
    this.#plan = planRows(request.mapping, table, { importId: request.importId, sheet: table.sheet });
    this.#normaliser = new RowNormaliser(this.#plan, table.sheet, request.today);
    this.#rules = new RowRules(
      request.rules,
      this.#plan,
      { sheet: table.sheet, today: request.today },
      compilePattern,
    );
    this.#candidates = new AcceptedRows(this.#plan);
    this.#findings = new FindingsLog(request.outDir, ruleTitles(request.rules));
    this.#rejects = new RowLog(request.outDir, 'rejects', Object.keys(Channel).length);
    this.#skips = new RowLog(request.outDir, 'skipped', 2);
    this.#sums = LEDGER_COLUMNS.map((column) => ({
      column,
      target: this.#plan.written.findIndex((written) => written.name === column),
      sum: new ExactSum(),
    }));
    const { time, texts, numbers } = this.#plan;
    this.#labels = [...('column' in time ? [time.column] : []), ...texts.map((slot) => slot.column)];
    this.#amounts = numbers.flatMap((slot) =>
      slot.source.kind === 'column' ? [slot.source.number.column] : [],
    );
    this.#writer = openWriter({
      outDir: request.outDir,
      columns: this.#plan.written,
      constants: this.#plan.constants,
    });
  }

  /** @param notes what was seen in the file as a whole */
  async run(
    source: TableSource,
    sizeBytes: number,
    run: ParserRun,
    notes: readonly Finding[] = [],
  ): Promise<ValidationReport> {
    try {
      for (const note of notes.toSorted((a, b) => a.row - b.row))
        this.#findings.add(FindingSource.file, note);
      let bytesDone = 0;
      for await (const event of source.events(run.signal)) {
        run.signal.throwIfAborted();
        if (event.kind === 'batch') {
          this.#batch(event.batch);
          bytesDone = event.batch.bytesDone;
        } else if (event.kind === 'broken') this.#broken(event.records);
        else this.#skip(event.lines);
        const rows = this.#accepted + this.#rejected + this.#skipped;
        run.onProgress?.({ bytesDone, bytesTotal: sizeBytes, rows });
        await breathe();
      }
      return await this.#finish(run.signal);
    } finally {
      this.#writer.discard();
      this.#findings.discard();
      this.#rejects.discard();
      this.#skips.discard();
    }
  }

  #batch(batch: CellBatch): void {
    for (const finding of batch.findings) this.#findings.add(FindingSource.repair, finding);
    const normaliser = this.#normaliser;
    const candidates = this.#candidates;
    const judged = !this.#rules.idle;
    normaliser.begin(batch);
    if (judged) candidates.clear(normaliser.row.bytes);
    for (let record = 0; record < batch.records; record++) {
      normaliser.read(batch, record);
      if (normaliser.refused) this.#refused(batch, record);
      else if (judged) this.#hold(batch, record);
      else {
        for (const found of normaliser.problems) this.#findings.add(FindingSource.good, found);
        this.#take(batch, record, normaliser.month, normaliser.row);
        for (const note of normaliser.notes) this.#tell(batch.rows[record] ?? 0, note);
      }
    }
    if (judged) this.#judge(batch);
  }

  /** Keeps a good row until the rules have seen the batch. */
  #hold(batch: CellBatch, record: number): void {
    const { problems, notes, row, month } = this.#normaliser;
    const index = this.#candidates.count;
    if (problems.length > 0) this.#pending.set(index, [...problems]);
    if (notes.length > 0) this.#notes.set(index, [...notes]);
    this.#candidates.append(row, batch.rows[record] ?? 0, record, month);
  }

  #judge(batch: CellBatch): void {
    const candidates = this.#candidates;
    const { refused, findings } = this.#rules.judge(candidates);
    const { row } = this.#normaliser;
    for (let index = 0; index < candidates.count; index++) {
      const record = candidates.records[index] ?? 0;
      const broken = findings.get(index) ?? [];
      const known = this.#pending.get(index) ?? [];
      for (const finding of known) this.#findings.add(FindingSource.good, finding);
      for (const finding of broken) this.#findings.add(FindingSource.good, finding);
      if (refused[index] === 1) {
        const rowNumber = candidates.rowNumbers[index] ?? 0;
        this.#reject(Channel.rule, rowNumber, cellTexts(batch, record), [...known, ...broken]);
        continue;
      }
      candidates.load(index, row);
      this.#take(batch, record, candidates.months[index] ?? 0, row);
      for (const note of this.#notes.get(index) ?? []) this.#tell(candidates.rowNumbers[index] ?? 0, note);
    }
    this.#pending.clear();
    this.#notes.clear();
  }

  /** Counts and writes a row. */
  #take(batch: CellBatch, record: number, month: number, row: CanonicalRow): void {
    this.#checkDuplicate(batch, record);
    for (const { target, sum } of this.#sums) {
      if (target < 0 || row.present[target] !== 1) continue;
      const value = row.numbers[target] ?? 0;
      if (Number.isNaN(value)) sum.addBig(row.bigs[target] ?? 0n);
      else sum.add(value);
    }
    this.#writer.append(month, row);
    this.#accepted++;
  }

  #checkDuplicate(batch: CellBatch, record: number): void {
    const row = batch.rows[record] ?? 0;
    const before = this.#duplicates.saturated;
    const earlier = this.#duplicates.check(
      batch.bytes,
      batch.starts,
      batch.ends,
      record * batch.columns,
      batch.columns,
      row,
    );
    if (earlier > 0) this.#aboutRow('row.duplicate', row, `All cells are equal to those of row ${earlier}.`);
    if (!before && this.#duplicates.saturated) {
      this.#aboutRow('row.duplicates_not_searched', row, 'Later rows were not all compared with each other.');
    }
  }

  #tell(row: number, { code, header, value, meant }: MappedNote): void {
    if (this.#findings.countAgain(code, header)) return;
    const message =
      meant === null
        ? 'The cell is blank and was read as zero.'
        : `${quoted(value)} was read as ${quoted(meant)}, as you said.`;
    const { severity } = valueFindings[code];
    this.#findings.add(FindingSource.good, {
      code,
      severity,
      sheet: this.#sheet,
      row,
      column: header,
      value,
      message,
    });
  }

  #aboutRow(code: 'row.duplicate' | 'row.duplicates_not_searched', row: number, message: string): void {
    const { severity } = valueFindings[code];
    this.#findings.add(FindingSource.good, {
      code,
      severity,
      sheet: this.#sheet,
      row,
      column: null,
      value: null,
      message,
    });
  }

  #refused(batch: CellBatch, record: number): void {
    const cells = cellTexts(batch, record);
    const row = batch.rows[record] ?? 0;
    if (!this.#normaliser.dated) {
      const pick = (columns: readonly number[]) => columns.map((column) => cells[column] ?? '');
      const kind = oddLine(cells, this.#header, pick(this.#labels), pick(this.#amounts));
      if (kind !== null) {
        this.#skipLine(Channel.row, {
          row,
          kind,
          text: cells.filter((cell) => cell.trim() !== '').join(' | '),
        });
        return;
      }
    }
    this.#reject(Channel.row, row, cells, [...this.#normaliser.problems]);
    for (const problem of this.#normaliser.problems) this.#findings.add(FindingSource.row, problem);
  }

  #reject(channel: number, row: number, cells: readonly string[], problems: Finding[]): void {
    const rejected: RejectedRow = { sheet: this.#sheet, row, cells: [...cells], problems };
    this.#rejects.append(channel, row, rejected);
    this.#rejected++;
  }

  #broken(records: readonly BrokenRecord[]): void {
    for (const { row, cells, finding } of records) {
      this.#findings.add(FindingSource.broken, finding);
      this.#reject(Channel.source, row, cells, [finding]);
    }
  }

  #skip(lines: readonly SkippedLine[]): void {
    for (const line of lines) this.#skipLine(Channel.source, line);
  }

  #skipLine(channel: number, { row, kind, text }: SkippedLine): void {
    this.#skips.append(channel, row, { sheet: this.#sheet, row, kind, text });
    this.#skipped++;
  }

  #similarValues(): ValidationReport['similarValues'] {
    return this.#rules.similarValues.map((similar) => ({ sheet: this.#sheet, ...similar }));
  }

  async #finish(signal: AbortSignal): Promise<ValidationReport> {
    const written = await this.#writer.finish(signal);
    const totals = Object.fromEntries(
      this.#sums.map(({ column, sum }) => [column, sum.text]),
    ) as LedgerTotals;
    assertEqual('rows', this.#accepted, written.rows);
    for (const column of LEDGER_COLUMNS) assertEqual(column, totals[column], written.totals[column]);
    const rejectsListed = this.#rejects.finish();
    assertEqual('rejected rows', this.#rejected, rejectsListed);
    assertEqual('skipped lines', this.#skipped, this.#skips.finish());
    const { summaries, listed } = this.#findings.finish();
    return {
      header: this.#header,
      rowsRead: this.#accepted + this.#rejected + this.#skipped,
      rowsAccepted: this.#accepted,
      rowsRejected: this.#rejected,
      rowsSkipped: this.#skipped,
      findings: summaries,
      totals,
      chunks: written.chunks,
      findingsPath: this.#findings.path,
      findingsListed: listed,
      rejectsPath: this.#rejects.path,
      skippedPath: this.#skips.path,
      similarValues: this.#similarValues(),
    };
  }
}

function assertEqual(check: string, expected: number | string | null, actual: number | string | null): void {
  if (expected === actual) return;
  throw new AppError('reading.totals_differ', 'bug', {
    check,
    expected: String(expected),
    actual: String(actual),
  });
}
