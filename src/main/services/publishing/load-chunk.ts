import { AppError } from '#shared/errors/app-error';
import { awaitTask } from './await-task.ts';
import { firstDifference } from './compare-imports.ts';
import { AttemptFailed, failAttempt, patiently, type ChunkLoading } from './load-attempt.ts';
import { pause } from './pause.ts';
import type { ChunkLoad, ClusterAttempt } from './ports.ts';

const MAX_TRIES = 3;

interface Running {
  readonly attempt: ClusterAttempt;
  /** The newest version of the chunk before it. */
  readonly before: string | null;
}

/**
 * Brings one generation of a chunk into the cluster and answers the version with which it is served, checked against
 * the ledger; null when the generation is not the wanted one any more. An attempt that an earlier run has begun is
 * taken up where it is. Whatever is thrown, the next call goes on from what is recorded.
 */
export async function loadChunk(loading: ChunkLoading, signal: AbortSignal): Promise<string | null> {
  const { datasource, registryId, chunk, generation, publication, patience } = loading;
  const newest = async () => (await publication.attempts(datasource, chunk, generation)).at(-1) ?? null;
  let inputs: ChunkLoad['inputs'] | null = null;
  for (let tries = 1; ; tries += 1) {
    const last = await newest();
    const resumes = last !== null && last.state !== 'failed';
    try {
      if (resumes) return await check(loading, await resume(loading, last, signal), signal);
      inputs ??= await loading.prepare();
      const load = { registryId, chunk, generation, attempt: (last?.attempt ?? 0) + 1, inputs };
      const running = await begin(loading, load, signal);
      return running && (await check(loading, running, signal));
    } catch (thrown) {
      if (!(thrown instanceof AttemptFailed)) throw thrown;
      // What an earlier run began may have failed for a reason that is mended by now.
      if (resumes) continue;
      if (!thrown.again || tries >= MAX_TRIES) throw thrown.error;
      loading.report('waiting', null, thrown.error);
      await pause(patience.retryMs * 2 ** (tries - 1) * (0.5 + Math.random()), signal);
    }
  }
}

/** Goes on with an attempt of an earlier run. */
async function resume(loading: ChunkLoading, attempt: ClusterAttempt, signal: AbortSignal): Promise<Running> {
  await loading.cluster.stopTasks(loading.chunk, attempt.taskId, signal);
  await awaitTask(loading, attempt, signal);
  return { attempt, before: loading.publishedVersion };
}

/** Submits, and waits inside the gate until the task has ended: what follows needs no slot. */
function begin(loading: ChunkLoading, load: ChunkLoad, signal: AbortSignal): Promise<Running | null> {
  const { datasource, chunk, generation, cluster, publication } = loading;
  return loading.gate.run(signal, async () => {
    await cluster.stopTasks(chunk, null, signal);
    const before = await cluster.newestVersion(chunk, signal);
    await loading.verify(load.inputs);
    if (await loading.isStale()) return null;
    const attempt: ClusterAttempt = {
      chunk,
      generation,
      attempt: load.attempt,
      inputs: load.inputs,
      taskId: cluster.taskId(load),
      state: 'submitting',
      error: null,
      submittedAt: loading.now().toISOString(),
    };
    await publication.recordAttempt(datasource, attempt);
    if (await submitted(loading, load, attempt, signal))
      await publication.recordAttempt(datasource, { ...attempt, state: 'submitted' });
    await awaitTask(loading, attempt, signal);
    return { attempt, before };
  });
}

/** False when the answer was lost: what the cluster knows of the task decides then. */
async function submitted(
  loading: ChunkLoading,
  load: ChunkLoad,
  attempt: ClusterAttempt,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await loading.cluster.submit(load, signal);
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    return error.retryable ? false : failAttempt(loading, attempt, error);
  }
}

/** Waits until the new version is served and the ledger agrees with it. */
async function check(
  loading: ChunkLoading,
  { attempt, before }: Running,
  signal: AbortSignal,
): Promise<string> {
  const { cluster, chunk, expected, patience, publication, datasource, rows } = loading;
  loading.report('checking', rows, null);
  const version = await patiently(loading, signal, () => cluster.served(chunk, before, signal));
  const deadline = performance.now() + patience.ledgerMs;
  for (;;) {
    const actual = await patiently(loading, signal, () => cluster.measure(chunk, signal));
    const difference = firstDifference(expected, actual);
    if (difference === null) break;
    if (performance.now() > deadline)
      return failAttempt(
        loading,
        attempt,
        new AppError('druid.ledger_differs', 'bug', { chunk, ...difference }),
      );
    await pause(patience.pollMs, signal);
  }
  await publication.recordAttempt(datasource, { ...attempt, state: 'succeeded' });
  return version;
}
