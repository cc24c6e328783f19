import { DEFAULT_RULES } from '#shared/domain/rules/rule-set';
import type { Mapping } from '#shared/domain/mapping';
import type { LedgerTotals } from '#shared/domain/sales-schema';
import type { FootprintRow } from '../publishing/ports.ts';
import type { ImportRecord, JobRecord, JobStepRecord } from './store-ports.ts';

export const DATASET = 'sales_analytics';
export const NOW = '2024-05-01T08:00:00.000Z';
export const LATER = '2024-05-02T08:00:00.000Z';

const totals = (grossRevenue: string): LedgerTotals => ({
  grossRevenue,
  returnsValue: '-0.0001',
  totalCost: null,
  unitsSold: '99999999999999.9999',
  unitsReturned: null,
});

export const sampleMapping: Mapping = {
  version: 1,
  fields: {
    __time: { kind: 'column', column: 0, header: 'Posting Date', dateOrder: 'day-first', blankAs: 'null' },
    Branch: { kind: 'constant', value: 'Kisumu “Ñandú” 🌍' },
    totalCost: { kind: 'computed', expression: 'Sales - Profit' },
  },
};

export const sampleJob = (jobId: string, changes: Partial<JobRecord> = {}): JobRecord => ({
  jobId,
  dataset: DATASET,
  fileName: 'March\n"2024" ../x.csv',
  sourcePath: '/somewhere/March.csv',
  sizeBytes: 5_000_000_000,
  state: 'queued',
  options: { controlRevenue: '12.5', onOverlap: 'skip' },
  rawSha256: null,
  inspection: null,
  table: null,
  mapping: null,
  rules: null,
  importId: null,
  duplicateOf: null,
  report: null,
  review: [],
  decision: null,
  ledger: null,
  error: null,
  waitingFor: null,
  acceptedIn: null,
  cancelRequested: false,
  dismissed: false,
  createdAt: NOW,
  updatedAt: NOW,
  ...changes,
});

/** Every field of a job that starts as null, filled. */
export const filledJob: Partial<Omit<JobRecord, 'jobId'>> = {
  state: 'review-needed',
  rules: {
    revision: 3,
    rules: DEFAULT_RULES.rules.map((rule) => ({ rule, facts: { kind: 'known', values: ['Ñandú'] } })),
  },
  rawSha256: 'a'.repeat(64),
  inspection: {
    format: 'csv',
    dialect: {
      encoding: 'windows-1252',
      bom: false,
      delimiter: '\t',
      quote: '"',
      escape: '"',
      recordDelimiter: '\r\n',
      comment: '',
    },
    tables: [
      {
        sheet: '',
        index: 0,
        hidden: false,
        headerRows: [1],
        firstDataRow: 2,
        columns: [],
        sampleRows: [['\u0000', 'x']],
        estimatedRows: null,
        fingerprint: 'f',
      },
    ],
    suggestedTable: 0,
  },
  table: 0,
  mapping: sampleMapping,
  importId: 'b'.repeat(64),
  duplicateOf: { importId: 'c'.repeat(64), fileName: 'old.csv', acceptedAt: NOW },
  report: {
    header: ['Posting Date', '__proto__'],
    rowsRead: 3,
    rowsAccepted: 1,
    rowsRejected: 1,
    rowsSkipped: 1,
    findings: [
      {
        code: 'rows.bad_date',
        severity: 'error',
        column: 'Posting Date',
        count: 1,
        title: 'A date',
        explanation: 'Why.',
        sample: [],
      },
    ],
    totals: totals('0.1'),
    chunks: [
      { chunk: '2024-03', path: '/x/2024-03.parquet', rows: 1, sizeBytes: 10, sha256: 'd'.repeat(64) },
    ],
    findingsPath: '/x/findings.jsonl',
    findingsListed: 1,
    similarValues: [{ sheet: 'x', field: 'Branch', value: 'Kismu', similarTo: 'Kisumu', rows: 2 }],
    rejectsPath: '/x/rejects.jsonl',
    skippedPath: '/x/skipped.jsonl',
  },
  review: [{ kind: 'no-rows' }, { kind: 'rejects-over-limit', percent: 50, limitPercent: 0.2 }],
  decision: { policy: 'replace', supersedes: ['e'.repeat(64)], decidedAt: NOW },
  ledger: { balanced: false, lines: [{ check: 'rows', expected: '1', actual: '2', balanced: false }] },
  error: {
    code: 'app.bug',
    kind: 'bug',
    details: { message: 'x', names: ['a'] },
    retryable: false,
    correlationId: 'q-1',
  },
  waitingFor: {
    connection: 'postgres',
    step: 'accept',
    error: {
      code: 'postgres.refused',
      kind: 'unavailable',
      details: { address: 'db.example:5432' },
      retryable: true,
      correlationId: 'q-2',
    },
    since: NOW,
    nextTryAt: LATER,
  },
  acceptedIn: 'registry',
  cancelRequested: true,
  updatedAt: LATER,
};

export const sampleStep = (changes: Partial<JobStepRecord>): JobStepRecord => ({
  step: 'stage',
  state: 'running',
  attempt: 1,
  startedAt: NOW,
  elapsedMs: 0.25,
  bytes: 0,
  rows: 0,
  ...changes,
});

export const sampleImport = (letter: string, chunks: readonly string[] = ['2024-03']): ImportRecord => ({
  importId: letter.repeat(64),
  dataset: DATASET,
  rawSha256: 'f'.repeat(64),
  jobId: `job-${letter}`,
  fileName: `${letter}.csv`,
  sheet: 'Sheet 1',
  mapping: sampleMapping,
  rowsRead: 12,
  rowsAccepted: 10,
  rowsRejected: 1,
  rowsSkipped: 1,
  totals: totals('1234567890123.4567'),
  chunks: chunks.map((chunk) => ({
    chunk,
    key: `canonical/${chunk}`,
    sha256: '1'.repeat(64),
    rows: 10,
    sizeBytes: 4096,
  })),
  acceptedAt: NOW,
});

export const footprintOf = (days: number): FootprintRow[] =>
  Array.from({ length: days }, (_, index) => ({
    chunk: '2024-03',
    branch: `Branch ${index}`,
    day: '2024-03-01',
    rows: 1,
    totals: totals('0.1'),
  }));
