import { sql, type Kysely } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import type { ActivationEntry, ImportRegistry } from '../../services/imports/store-ports.ts';
import type { FootprintRow } from '../../services/publishing/ports.ts';
import { entryRow, readFootprint, readImport, readImports, toEntry, writeImport } from './registry-rows.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';
import { readStoreId } from './store-identity.ts';

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
      return read((transaction) => readImports(transaction, dataset));
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
        const entry: ActivationEntry = {
          sequence: found + 1,
          dataset: record.dataset,
          importId: record.importId,
          policy: change.policy,
          supersedes: change.supersedes,
          activatedAt: change.activatedAt,
          undoneAt: null,
        };
        await transaction.insertInto('activation_log').values(entryRow(entry)).execute();
        await raiseGenerations(transaction, record.dataset, change.touchedChunks);
        return entry;
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

    async renew(dataset, chunk) {
      const { numUpdatedRows } = await db
        .updateTable('desired_generations')
        .set({ generation: sql<number>`generation + 1` })
        .where('dataset', '=', dataset)
        .where('chunk', '=', chunk)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
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
