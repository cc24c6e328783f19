import type { Kysely } from 'kysely';
import type { Manifest, Publication } from '../../services/publishing/ports.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

async function readManifest(db: Kysely<StoreSchema>, dataset: string): Promise<Manifest> {
  const version = await db
    .selectFrom('data_versions')
    .select('data_version')
    .where('dataset', '=', dataset)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('published_chunks')
    .selectAll()
    .where('dataset', '=', dataset)
    .orderBy('chunk')
    .execute();
  return {
    dataVersion: Number(version?.data_version ?? 0),
    chunks: rows.flatMap(({ chunk, generation, path, rows: count }) =>
      path === null ? [] : [{ chunk, generation: Number(generation), path, rows: Number(count) }],
    ),
  };
}

async function readSource(db: Kysely<StoreSchema>, dataset: string): Promise<string | null> {
  const row = await db
    .selectFrom('publication_sources')
    .select('registry_id')
    .where('dataset', '=', dataset)
    .executeTakeFirst();
  return row?.registry_id ?? null;
}

/** From now on the manifest is built from another registry: what came from the one before is no part of it. */
async function changeSource(db: Kysely<StoreSchema>, dataset: string, registryId: string): Promise<void> {
  await db.deleteFrom('published_chunks').where('dataset', '=', dataset).execute();
  await db
    .insertInto('publication_sources')
    .values({ dataset, registry_id: registryId })
    .onConflict((conflict) => conflict.column('dataset').doUpdateSet({ registry_id: registryId }))
    .execute();
}

/** What the local engine serves. */
export function createPublicationStore({ read, write }: StoreDatabase): Publication {
  return {
    manifest: (dataset) => read((transaction) => readManifest(transaction, dataset)),

    published: (dataset) =>
      read(async (transaction) => {
        const rows = await transaction
          .selectFrom('published_chunks')
          .select(['chunk', 'generation'])
          .where('dataset', '=', dataset)
          .orderBy('chunk')
          .execute();
        return {
          registryId: await readSource(transaction, dataset),
          generations: new Map(rows.map((row) => [row.chunk, Number(row.generation)])),
        };
      }),

    adopt: (dataset, registryId, chunks) =>
      write(async (transaction) => {
        if ((await readSource(transaction, dataset)) !== registryId)
          await changeSource(transaction, dataset, registryId);
        for (const { chunk, generation, path, rows } of chunks) {
          const values = { generation, path, rows };
          await transaction
            .insertInto('published_chunks')
            .values({ dataset, chunk, ...values })
            .onConflict((conflict) => conflict.columns(['dataset', 'chunk']).doUpdateSet(values))
            .execute();
        }
        await transaction
          .insertInto('data_versions')
          .values({ dataset, data_version: 1 })
          .onConflict((conflict) =>
            conflict.column('dataset').doUpdateSet((expression) => ({
              data_version: expression('data_versions.data_version', '+', 1),
            })),
          )
          .execute();
        return readManifest(transaction, dataset);
      }),
  };
}
