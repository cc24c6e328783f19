import type { AppErrorJson } from '#shared/errors/app-error';

/**
 * `held`: another installation works on the month; `preparing`: its rows are written and stored for the cluster;
 * `waiting`: the task waits in the cluster; `loading`: the cluster reads rows; `checking`: the rows are read, and are
 * waited for and compared; `emptying`: a month without rows is taken out.
 */
export type ClusterStage =
  'held' | 'preparing' | 'waiting' | 'loading' | 'checking' | 'emptying' | 'published' | 'failed';

/** Where the publishing of one month to the cluster is. */
export interface ClusterProgress {
  readonly chunk: string;
  readonly generation: number;
  readonly stage: ClusterStage;
  /** Rows that the cluster has read; null while it does not say. */
  readonly rowsDone: number | null;
  readonly rowsTotal: number;
  /** Who works on it while it is held elsewhere, for people. */
  readonly holder: string | null;
  /** Why it waits or has failed. */
  readonly notice: AppErrorJson | null;
}
