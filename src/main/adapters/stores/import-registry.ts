import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { overlapPolicySchema } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import type { ActivationEntry, ImportRecord, ImportRegistry } from '../../services/imports/store-ports.ts';
import type { FootprintRow } from '../../services/publishing/ports.ts';
import { checkStored, readJson } from './json-column.ts';
import type {
  ActivationLogTable,
  FootprintTable,
  ImportChunkTable,
  ImportTable,
  StoreSchema,
} from './schema.ts';
import type { StoreDatabase } from './store-database.ts';
import { readStoreId } from './store-identity.ts';

/** Rows per insert: 10 columns each stay far below the bound parameters that SQLite and PostgreSQL allow. */
const FOOTPRINT_BATCH = 500;
/** Rows per read: some milliseconds of the engine's event loop. */
const FOOTPRINT_PAGE = 2_000;

function toImport(
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

function toEntry(row: Selectable<ActivationLogTable>): ActivationEntry {
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

async function readImport(db: Kysely<StoreSchema>, importId: string): Promise<ImportRecord | null> {
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

async function writeImport(
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
async function readFootprint(db: Kysely<StoreSchema>, importId: string): Promise<FootprintRow[]> {
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

async function raiseGenerations(
  db: Kysely<StoreSchema>,
  dataset: string,
  chunks: readonly string[],
): Promise<void> {
  for (const chunk of new Set(chunks)) {
    await db
      .insertInto('desired_generations')
      .values({ dataset, chunk, generation: 1 })
      .onConflict((conflict) =>
        conflict.columns(['dataset', 'chunk']).doUpdateSet((expression) => ({
          generation: expression('desired_generations.generation', '+', 1),
        })),
      )
      .execute();
  }
}

const activeEntry = (db: Kysely<StoreSchema>, importId: string) =>
  db
    .selectFrom('activation_log')
    .selectAll()
    .where('import_id', '=', importId)
    .where('undone_at', 'is', null)
    .executeTakeFirst();

/** Accepted imports, the activation log and desired generations. */
export function createImportRegistry({ db, read, write }: StoreDatabase): ImportRegistry {
  return {
    registryId: () => readStoreId(db),

    findImport: (importId) => read((transaction) => readImport(transaction, importId)),

    listImports(dataset) {
      return read(async (transaction) => {
        const rows = await transaction
          .selectFrom('imports')
          .selectAll()
          .where('dataset', '=', dataset)
          .orderBy('position')
          .execute();
        const chunks = await transaction
          .selectFrom('import_chunks')
          .innerJoin('imports', 'imports.import_id', 'import_chunks.import_id')
          .selectAll('import_chunks')
          .where('imports.dataset', '=', dataset)
          .orderBy('import_chunks.chunk')
          .execute();
        const byImport = Map.groupBy(chunks, (chunk) => chunk.import_id);
        return rows.map((row) => toImport(row, byImport.get(row.import_id) ?? []));
      });
    },

    async footprint(importIds) {
      const footprints = new Map<string, readonly FootprintRow[]>();
      for (const importId of new Set(importIds)) {
        footprints.set(importId, await readFootprint(db, importId));
      }
      return footprints;
    },

    async log(dataset) {
      const rows = await db
        .selectFrom('activation_log')
        .selectAll()
        .where('dataset', '=', dataset)
        .orderBy('sequence')
        .execute();
      return rows.map(toEntry);
    },

    activate(change) {
      const { record } = change;
      return write(async (transaction) => {
        const newest = await transaction
          .selectFrom('activation_log')
          .select((expression) => expression.fn.max('sequence').as('sequence'))
          .where('dataset', '=', record.dataset)
          .executeTakeFirst();
        const found = Number(newest?.sequence ?? 0);
        if (await activeEntry(transaction, record.importId)) {
          throw new AppError('store.already_active', 'conflict', { importId: record.importId });
        }
        if (found !== change.expectedSequence) {
          throw new AppError('store.log_moved', 'conflict', { expected: change.expectedSequence, found });
        }
        await writeImport(transaction, record, change.footprint);
        const row = {
          dataset: record.dataset,
          sequence: found + 1,
          import_id: record.importId,
          policy: change.policy,
          supersedes: JSON.stringify(change.supersedes),
          activated_at: change.activatedAt,
          undone_at: null,
        };
        await transaction.insertInto('activation_log').values(row).execute();
        await raiseGenerations(transaction, record.dataset, change.touchedChunks);
        return toEntry(row);
      });
    },

    undo({ importId, touchedChunks, undoneAt }) {
      return write(async (transaction) => {
        const entry = await activeEntry(transaction, importId);
        if (!entry) throw new AppError('store.not_active', 'conflict', { importId });
        await transaction
          .updateTable('activation_log')
          .set({ undone_at: undoneAt })
          .where('dataset', '=', entry.dataset)
          .where('sequence', '=', entry.sequence)
          .execute();
        await raiseGenerations(transaction, entry.dataset, touchedChunks);
        return toEntry({ ...entry, undone_at: undoneAt });
      });
    },

    async desiredGenerations(dataset) {
      const rows = await db
        .selectFrom('desired_generations')
        .select(['chunk', 'generation'])
        .where('dataset', '=', dataset)
        .orderBy('chunk')
        .execute();
      return new Map(rows.map((row) => [row.chunk, Number(row.generation)]));
    },
  };
}
