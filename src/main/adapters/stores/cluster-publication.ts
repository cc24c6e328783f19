import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { ClusterAttempt, ClusterPublication } from '../../services/publishing/ports.ts';
import { checkStored, readJson, readNullableJson } from './json-column.ts';
import type { ClusterAttemptTable } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

const attemptStateSchema = z.enum(['submitting', 'submitted', 'succeeded', 'failed']);

function toAttempt(row: Selectable<ClusterAttemptTable>): ClusterAttempt {
  const place = { table: 'cluster_attempts', id: row.task_id };
  return {
    chunk: row.chunk,
    generation: Number(row.generation),
    attempt: row.attempt,
    taskId: row.task_id,
    state: checkStored(attemptStateSchema, row.state, 'state', place),
    inputs: readJson('inputs', row.inputs, place),
    error: readNullableJson('error', row.error, place),
    submittedAt: row.submitted_at,
  };
}

/** What the registry remembers of a cluster's datasource. */
export function createClusterPublication({ db, write }: StoreDatabase): ClusterPublication {
  return {
    async chunks(datasource) {
      const rows = await db
        .selectFrom('cluster_chunks')
        .selectAll()
        .where('datasource', '=', datasource)
        .orderBy('chunk')
        .execute();
      return rows.map((row) => ({
        chunk: row.chunk,
        generation: Number(row.generation),
        rows: Number(row.rows),
        version: row.version,
        publishedAt: row.published_at,
      }));
    },

    async dataVersion(datasource) {
      const row = await db
        .selectFrom('cluster_versions')
        .select('data_version')
        .where('datasource', '=', datasource)
        .executeTakeFirst();
      return Number(row?.data_version ?? 0);
    },

    adopt: (datasource, { chunk, generation, rows, version, publishedAt }) =>
      write(async (transaction) => {
        const known = await transaction
          .selectFrom('cluster_chunks')
          .select('generation')
          .where('datasource', '=', datasource)
          .where('chunk', '=', chunk)
          .executeTakeFirst();
        if (known && Number(known.generation) > generation) return false;
        const values = { generation, rows, version, published_at: publishedAt };
        await transaction
          .insertInto('cluster_chunks')
          .values({ datasource, chunk, ...values })
          .onConflict((conflict) => conflict.columns(['datasource', 'chunk']).doUpdateSet(values))
          .execute();
        await transaction
          .insertInto('cluster_versions')
          .values({ datasource, data_version: 1 })
          .onConflict((conflict) =>
            conflict.column('datasource').doUpdateSet((expression) => ({
              data_version: expression('cluster_versions.data_version', '+', 1),
            })),
          )
          .execute();
        return true;
      }),

    async attempts(datasource, chunk, generation) {
      const rows = await db
        .selectFrom('cluster_attempts')
        .selectAll()
        .where('datasource', '=', datasource)
        .where('chunk', '=', chunk)
        .where('generation', '=', generation)
        .orderBy('attempt')
        .execute();
      return rows.map(toAttempt);
    },

    async recordAttempt(datasource, { chunk, generation, attempt, ...rest }) {
      const values = {
        task_id: rest.taskId,
        state: rest.state,
        inputs: JSON.stringify(rest.inputs),
        error: rest.error === null ? null : JSON.stringify(rest.error),
        submitted_at: rest.submittedAt,
      };
      await db
        .insertInto('cluster_attempts')
        .values({ datasource, chunk, generation, attempt, ...values })
        .onConflict((conflict) =>
          conflict.columns(['datasource', 'chunk', 'generation', 'attempt']).doUpdateSet(values),
        )
        .execute();
    },
  };
}
