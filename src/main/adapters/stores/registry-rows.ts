import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { overlapPolicySchema } from '#shared/domain/job';
import type { ActivationEntry, ImportRecord } from '../../services/imports/store-ports.ts';
import type { FootprintRow } from '../../services/publishing/ports.ts';
import { checkStored, readJson } from './json-column.ts';
import type {
  ActivationLogTable,
  FootprintTable,
  ImportChunkTable,
  ImportTable,
  StoreSchema,
} from './schema.ts';

/** Rows per insert: 10 columns each stay far below the bound parameters that SQLite and PostgreSQL allow. */
const FOOTPRINT_BATCH = 500;
/** Rows per read: some milliseconds of the engine's event loop. */
const FOOTPRINT_PAGE = 2_000;

export function toImport(
  row: Selectable<ImportTable>,
  chunks: readonly Selectable<ImportChunkTable>[],
): ImportRecord {
  const place = { table: 'imports', id: row.import_id };
  return {
    importId: row.import_id,
    dataset: row.dataset,
    rawSha256: row.raw_sha256,
    jobId: row.job_id,
    fileName: row.file_name,
    sheet: row.sheet,
    mapping: readJson('mapping', row.mapping, place),
    rowsRead: Number(row.rows_read),
    rowsAccepted: Number(row.rows_accepted),
    rowsRejected: Number(row.rows_rejected),
    rowsSkipped: Number(row.rows_skipped),
    totals: readJson('totals', row.totals, place),
    chunks: chunks.map((chunk) => ({
      chunk: chunk.chunk,
      key: chunk.object_key,
      sha256: chunk.sha256,
      rows: Number(chunk.rows),
      sizeBytes: Number(chunk.size_bytes),
    })),
    acceptedAt: row.accepted_at,
  };
}

function toFootprint(row: Selectable<FootprintTable>): FootprintRow {
  return {
    chunk: row.chunk,
    branch: row.branch,
    day: row.day,
    rows: Number(row.rows),
    totals: {
      grossRevenue: row.gross_revenue,
      returnsValue: row.returns_value,
      totalCost: row.total_cost,
      unitsSold: row.units_sold,
      unitsReturned: row.units_returned,
    },
  };
}

export function toEntry(row: Selectable<ActivationLogTable>): ActivationEntry {
  const place = { table: 'activation_log', id: `${row.dataset} ${row.sequence}` };
  return {
    sequence: Number(row.sequence),
    dataset: row.dataset,
    importId: row.import_id,
    policy: checkStored(overlapPolicySchema, row.policy, 'policy', place),
    supersedes: readJson('supersedes', row.supersedes, place),
    activatedAt: row.activated_at,
    undoneAt: row.undone_at,
  };
}

export async function readImport(db: Kysely<StoreSchema>, importId: string): Promise<ImportRecord | null> {
  const row = await db.selectFrom('imports').selectAll().where('import_id', '=', importId).executeTakeFirst();
  if (!row) return null;
  const chunks = await db
    .selectFrom('import_chunks')
    .selectAll()
    .where('import_id', '=', importId)
    .orderBy('chunk')
    .execute();
  return toImport(row, chunks);
}

/** Imports in the order in which they were accepted, of one dataset or of all. */
export async function readImports(
  db: Kysely<StoreSchema>,
  dataset: string | null = null,
): Promise<ImportRecord[]> {
  let imports = db.selectFrom('imports').selectAll().orderBy('position');
  if (dataset !== null) imports = imports.where('dataset', '=', dataset);
  let chunks = db
    .selectFrom('import_chunks')
    .innerJoin('imports', 'imports.import_id', 'import_chunks.import_id')
    .selectAll('import_chunks')
    .orderBy('import_chunks.chunk');
  if (dataset !== null) chunks = chunks.where('imports.dataset', '=', dataset);
  const rows = await imports.execute();
  const byImport = Map.groupBy(await chunks.execute(), (chunk) => chunk.import_id);
  return rows.map((row) => toImport(row, byImport.get(row.import_id) ?? []));
}

/** Registers an import, after those that are there; one that is known stays as it is. */
export async function writeImport(
  db: Kysely<StoreSchema>,
  record: ImportRecord,
  footprint: readonly FootprintRow[],
): Promise<void> {
  const known = await db
    .selectFrom('imports')
    .select('import_id')
    .where('import_id', '=', record.importId)
    .executeTakeFirst();
  if (known) return;
  const newest = await db
    .selectFrom('imports')
    .select((expression) => expression.fn.max('position').as('position'))
    .executeTakeFirst();
  await db
    .insertInto('imports')
    .values({
      import_id: record.importId,
      position: Number(newest?.position ?? 0) + 1,
      dataset: record.dataset,
      raw_sha256: record.rawSha256,
      job_id: record.jobId,
      file_name: record.fileName,
      sheet: record.sheet,
      mapping: JSON.stringify(record.mapping),
      rows_read: record.rowsRead,
      rows_accepted: record.rowsAccepted,
      rows_rejected: record.rowsRejected,
      rows_skipped: record.rowsSkipped,
      totals: JSON.stringify(record.totals),
      accepted_at: record.acceptedAt,
    })
    .execute();
  for (const chunk of record.chunks) {
    await db
      .insertInto('import_chunks')
      .values({
        import_id: record.importId,
        chunk: chunk.chunk,
        object_key: chunk.key,
        sha256: chunk.sha256,
        rows: chunk.rows,
        size_bytes: chunk.sizeBytes,
      })
      .execute();
  }
  for (let start = 0; start < footprint.length; start += FOOTPRINT_BATCH) {
    const values = footprint.slice(start, start + FOOTPRINT_BATCH).map((row) => ({
      import_id: record.importId,
      chunk: row.chunk,
      branch: row.branch,
      day: row.day,
      rows: row.rows,
      gross_revenue: row.totals.grossRevenue,
      returns_value: row.totals.returnsValue,
      total_cost: row.totals.totalCost,
      units_sold: row.totals.unitsSold,
      units_returned: row.totals.unitsReturned,
    }));
    await db.insertInto('footprints').values(values).execute();
    // node:sqlite works on this thread: between two batches the engine answers others.
    await nextTurn();
  }
}

/** Imports are immutable: read page by page they are the same as at once, and the engine answers others between. */
export async function readFootprint(db: Kysely<StoreSchema>, importId: string): Promise<FootprintRow[]> {
  const found: FootprintRow[] = [];
  for (;;) {
    const last = found.at(-1);
    let query = db
      .selectFrom('footprints')
      .selectAll()
      .where('import_id', '=', importId)
      .orderBy('day')
      .orderBy('branch')
      .limit(FOOTPRINT_PAGE);
    if (last) {
      query = query.where((expression) =>
        expression(expression.refTuple('day', 'branch'), '>', expression.tuple(last.day, last.branch)),
      );
    }
    const rows = await query.execute();
    for (const row of rows) found.push(toFootprint(row));
    if (rows.length < FOOTPRINT_PAGE) return found;
    await nextTurn();
  }
}

export const entryRow = (entry: ActivationEntry) => ({
  dataset: entry.dataset,
  sequence: entry.sequence,
  import_id: entry.importId,
  policy: entry.policy,
  supersedes: JSON.stringify(entry.supersedes),
  activated_at: entry.activatedAt,
  undone_at: entry.undoneAt,
});
