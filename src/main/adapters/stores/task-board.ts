import { jobStateSchema } from '#shared/domain/job';
import type { TaskBoard } from '../../services/imports/store-ports.ts';
import { checkStored, readNullableJson } from './json-column.ts';
import type { StoreDatabase } from './store-database.ts';

const numberOrNull = (value: number | string | null) => (value === null ? null : Number(value));

/** Jobs of every installation, as far as these told. */
export function createTaskBoard({ db }: StoreDatabase): TaskBoard {
  return {
    async post(task) {
      const values = {
        owner: task.owner,
        dataset: task.dataset,
        file_name: task.fileName,
        state: task.state,
        rows_read: task.rowsRead,
        rows_accepted: task.rowsAccepted,
        rows_rejected: task.rowsRejected,
        error: task.error === null ? null : JSON.stringify(task.error),
        created_at: task.createdAt,
        updated_at: task.updatedAt,
      };
      await db
        .insertInto('shared_tasks')
        .values({ job_id: task.jobId, ...values })
        .onConflict((conflict) =>
          conflict
            .column('job_id')
            .doUpdateSet(values)
            .where('shared_tasks.updated_at', '<=', task.updatedAt),
        )
        .execute();
    },

    async list(limit) {
      const rows = await db
        .selectFrom('shared_tasks')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('job_id')
        .limit(limit)
        .execute();
      return rows.map((row) => {
        const place = { table: 'shared_tasks', id: row.job_id };
        return {
          jobId: row.job_id,
          owner: row.owner,
          dataset: row.dataset,
          fileName: row.file_name,
          state: checkStored(jobStateSchema, row.state, 'state', place),
          rowsRead: numberOrNull(row.rows_read),
          rowsAccepted: numberOrNull(row.rows_accepted),
          rowsRejected: numberOrNull(row.rows_rejected),
          error: readNullableJson('error', row.error, place),
          createdAt: row.created_at,
          updatedAt: row.updated_at,
        };
      });
    },
  };
}
