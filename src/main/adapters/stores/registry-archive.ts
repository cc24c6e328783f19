import type { Kysely } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import type { RegistryAddition, RegistryArchive, RegistryContent } from '../../services/moving/ports.ts';
import { readJson } from './json-column.ts';
import { entryRow, readFootprint, readImports, toEntry, writeImport } from './registry-rows.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

async function readContent(db: Kysely<StoreSchema>): Promise<RegistryContent> {
  const identity = await db.selectFrom('store_identity').selectAll().executeTakeFirst();
  if (!identity) throw new AppError('store.failed', 'bug', { reason: 'The store has lost its identity.' });
  const log = await db
    .selectFrom('activation_log')
    .selectAll()
    .orderBy('dataset')
    .orderBy('sequence')
    .execute();
  const generations = await db.selectFrom('desired_generations').selectAll().execute();
  const mappings = await db.selectFrom('mapping_memory').selectAll().execute();
  return {
    storeId: identity.store_id,
    movedFrom: identity.moved_from,
    imports: await readImports(db),
    log: log.map(toEntry),
    generations: generations.map((row) => ({ ...row, generation: Number(row.generation) })),
    mappings: mappings.map(({ fingerprint, mapping, remembered_at: rememberedAt }) => ({
      fingerprint,
      mapping: readJson('mapping', mapping, { table: 'mapping_memory', id: fingerprint }),
      rememberedAt,
    })),
    settings: await db.selectFrom('settings').selectAll().execute(),
  };
}

async function addEntries(db: Kysely<StoreSchema>, { log, undone }: RegistryAddition): Promise<void> {
  // First: an import that was undone and activated again has one entry that is not undone, also in between.
  for (const { dataset, sequence, undoneAt } of undone)
    await db
      .updateTable('activation_log')
      .set({ undone_at: undoneAt })
      .where('dataset', '=', dataset)
      .where('sequence', '=', sequence)
      .execute();
  for (const entry of log) await db.insertInto('activation_log').values(entryRow(entry)).execute();
}

async function addPreferences(db: Kysely<StoreSchema>, addition: RegistryAddition): Promise<void> {
  for (const { fingerprint, mapping, rememberedAt } of addition.mappings) {
    const values = { mapping: JSON.stringify(mapping), remembered_at: rememberedAt };
    await db
      .insertInto('mapping_memory')
      .values({ fingerprint, ...values })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet(values))
      .execute();
  }
  for (const setting of addition.settings)
    await db
      .insertInto('settings')
      .values(setting)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
}

/** A registry as a whole. */
export function createRegistryArchive({ db, read, write }: StoreDatabase): RegistryArchive {
  return {
    read: () => read(readContent),
    footprint: (importId) => readFootprint(db, importId),
    add: (addition, footprintOf) =>
      write(async (transaction) => {
        const { entries } = await transaction
          .selectFrom('activation_log')
          .select((expression) => expression.fn.countAll().as('entries'))
          .executeTakeFirstOrThrow();
        if (Number(entries) !== addition.expectedEntries)
          throw new AppError('moving.target_changed', 'conflict', {}, { retryable: true });
        for (const record of addition.imports)
          await writeImport(transaction, record, await footprintOf(record.importId));
        await addEntries(transaction, addition);
        for (const { dataset, chunk, generation } of addition.generations)
          await transaction
            .insertInto('desired_generations')
            .values({ dataset, chunk, generation })
            .onConflict((conflict) => conflict.columns(['dataset', 'chunk']).doUpdateSet({ generation }))
            .execute();
        await addPreferences(transaction, addition);
        await transaction.updateTable('store_identity').set({ moved_from: addition.movedFrom }).execute();
      }),
  };
}
