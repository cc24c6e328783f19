import { errorsFile } from './errors-file.mts';
import { DEFAULT_ROWS, DEFAULT_SEED, SAMPLE_FILES, planSample } from './plan.mts';
import type { SaleRow } from './sales.mts';

/**
 * Figures of the sample computed without the app: from the generated rows in memory, in whole cents and BigInt.
 * Tests compare what the screen shows with these.
 */
export interface Figures {
  readonly rows: number;
  readonly lineItems: bigint;
  readonly revenueCents: bigint;
  readonly returnsCents: bigint;
  readonly costCents: bigint;
  readonly unitsSold: bigint;
  readonly unitsReturned: bigint;
}

export interface SampleFigures {
  readonly total: Figures;
  /** By `branch`, by `yyyy-mm`, and by `branch|yyyy-mm`. */
  readonly byBranch: ReadonlyMap<string, Figures>;
  readonly byMonth: ReadonlyMap<string, Figures>;
  readonly byBranchMonth: ReadonlyMap<string, Figures>;
  readonly byProductLine: ReadonlyMap<string, Figures>;
  readonly bySalesPerson: ReadonlyMap<string, Figures>;
}

const NOTHING: Figures = {
  rows: 0,
  lineItems: 0n,
  revenueCents: 0n,
  returnsCents: 0n,
  costCents: 0n,
  unitsSold: 0n,
  unitsReturned: 0n,
};

function plus(figures: Figures, row: SaleRow, lines: number): Figures {
  return {
    rows: figures.rows + 1,
    lineItems: figures.lineItems + BigInt(lines),
    revenueCents: figures.revenueCents + BigInt(row.revenueCents),
    returnsCents: figures.returnsCents + BigInt(row.returnsCents),
    costCents: figures.costCents + BigInt(row.costCents),
    unitsSold: figures.unitsSold + BigInt(row.unitsSold),
    unitsReturned: figures.unitsReturned + BigInt(row.unitsReturned),
  };
}

export type SampleFile = 'clean' | 'workbook' | 'semicolon' | 'errors';
export const ALL_SAMPLE_FILES: readonly SampleFile[] = ['clean', 'workbook', 'semicolon', 'errors'];

/** Rows that count once the named files are imported, as the generator knows them. */
export function sampleRows(
  file: SampleFile,
  seed = DEFAULT_SEED,
  cleanRows = DEFAULT_ROWS,
): readonly SaleRow[] {
  const plan = planSample(seed, cleanRows);
  return file === 'errors' ? errorsFile(SAMPLE_FILES.errors, plan.errors).accepted : plan[file];
}

/** Expected figures over any set of the sample's files. Only the clean file has a column of line items; elsewhere a row is one. */
export function independentFigures(
  files: readonly SampleFile[] = ALL_SAMPLE_FILES,
  seed = DEFAULT_SEED,
  cleanRows = DEFAULT_ROWS,
): SampleFigures {
  let total = NOTHING;
  const groups = {
    byBranch: new Map<string, Figures>(),
    byMonth: new Map<string, Figures>(),
    byBranchMonth: new Map<string, Figures>(),
    byProductLine: new Map<string, Figures>(),
    bySalesPerson: new Map<string, Figures>(),
  };
  for (const file of files) {
    for (const row of sampleRows(file, seed, cleanRows)) {
      const lines = file === 'clean' ? row.lines : 1;
      const month = row.time.slice(0, 7);
      total = plus(total, row, lines);
      const add = (group: Map<string, Figures>, key: string) =>
        group.set(key, plus(group.get(key) ?? NOTHING, row, lines));
      add(groups.byBranch, row.branch);
      add(groups.byMonth, month);
      add(groups.byBranchMonth, `${row.branch}|${month}`);
      add(groups.byProductLine, row.productLine);
      add(groups.bySalesPerson, row.salesPerson);
    }
  }
  return { total, ...groups };
}

export const netSalesCents = (figures: Figures) => figures.revenueCents + figures.returnsCents;
export const grossProfitCents = (figures: Figures) => figures.revenueCents - figures.costCents;
