import type { Kysely } from 'kysely';
import type { Publication } from '../../services/publishing/ports.ts';
import type { Manifest } from '../../services/publishing/ports.ts';
import type { StoreSchema } from './schema.ts';

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

async function isDesired(
  db: Kysely<StoreSchema>,
  dataset: string,
  chunk: string,
  generation: number,
): Promise<boolean> {
  const desired = await db
    .selectFrom('desired_generations')
    .select('generation')
    .where('dataset', '=', dataset)
    .where('chunk', '=', chunk)
    .executeTakeFirst();
  return desired !== undefined && Number(desired.generation) === generation;
}

/** What the local engine serves, in the embedded store. */
export function createPublicationStore(db: Kysely<StoreSchema>): Publication {
  return {
    manifest: (dataset) => db.transaction().execute((transaction) => readManifest(transaction, dataset)),

    async publishedGenerations(dataset) {
      const rows = await db
        .selectFrom('published_chunks')
        .select(['chunk', 'generation'])
        .where('dataset', '=', dataset)
        .orderBy('chunk')
        .execute();
      return new Map(rows.map((row) => [row.chunk, Number(row.generation)]));
    },

    adopt(dataset, chunks) {
      return db.transaction().execute(async (transaction) => {
        for (const { chunk, generation } of chunks) {
          if (!(await isDesired(transaction, dataset, chunk, generation))) return null;
        }
        for (const { chunk, generation, path, rows } of chunks) {
          const values = { generation, path, rows };
          await transaction
            .insertInto('published_chunks')
            .values({ dataset, chunk, ...values })
            .onConflict((conflict) => conflict.columns(['dataset', 'chunk']).doUpdateSet(values))
            .execute();
        }
        if (chunks.length > 0) {
          await transaction
            .insertInto('data_versions')
            .values({ dataset, data_version: 1 })
            .onConflict((conflict) =>
              conflict.column('dataset').doUpdateSet((expression) => ({
                data_version: expression('data_versions.data_version', '+', 1),
              })),
            )
            .execute();
        }
        return readManifest(transaction, dataset);
      });
    },
  };
}
