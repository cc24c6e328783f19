import { AppError } from '#shared/errors/app-error';
import type { Ledger } from '#shared/domain/job';
import { TotalsSum, type ClusterProgress, type ClusterPublisher, type Settled } from '../publishing/index.ts';
import type { FootprintRow, ImportTotals } from '../publishing/ports.ts';
import { activeEntry } from './duplicates.ts';
import { acceptedFile, reportFile } from './folders.ts';
import { countLines } from './json-lines.ts';
import { buildLedger } from './ledger.ts';
import { required, stagedFile, type Pipeline, type Step, type StepResult, type StepRun } from './pipeline.ts';
import { rawKey } from './ports.ts';
import type { ImportRecord, JobRecord } from './store-ports.ts';

/** Copies raw and canonical bytes to the object store and reads back what it holds. */
export const upload: Step = async (pipeline, job, run) => {
  const record = await importOf(pipeline, job);
  if (!record) return ACCEPT_AGAIN;
  const rawSha256 = required(job.rawSha256, 'hash');
  const raw = { key: rawKey(job.dataset, rawSha256), sha256: rawSha256 };
  const objects = [
    { ...raw, sizeBytes: job.sizeBytes, path: async () => (await stagedFile(pipeline, job)).path },
    ...record.chunks.map((chunk) => ({
      key: chunk.key,
      sha256: chunk.sha256,
      sizeBytes: chunk.sizeBytes,
      path: () => Promise.resolve(acceptedFile(pipeline.folders, job.dataset, chunk.chunk, chunk.sha256)),
    })),
  ];
  const bytesTotal = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  let bytesDone = 0;
  for (const object of objects) {
    await putVerified(pipeline, object, run, (done) =>
      run.progress({ bytesDone: bytesDone + done, bytesTotal }),
    );
    bytesDone += object.sizeBytes;
    run.progress({ bytesDone, bytesTotal });
  }
  return { patch: { state: 'uploaded' }, bytes: bytesTotal, rows: record.rowsAccepted };
};

async function putVerified(
  { objects }: Pipeline,
  object: { key: string; sha256: string; sizeBytes: number; path: () => Promise<string> },
  run: StepRun,
  onProgress: (bytesDone: number) => void,
): Promise<void> {
  const equal = async () => {
    const stored = await objects.head(object.key);
    return stored !== null && stored.sha256 === object.sha256 && stored.sizeBytes === object.sizeBytes;
  };
  // After an undo, or a crash in the middle of this step, objects are there already.
  if (await equal()) return;
  await objects.putFile(object.key, await object.path(), {
    sha256: object.sha256,
    signal: run.signal,
    onProgress,
  });
  if (!(await equal()))
    throw new AppError('imports.object_differs', 'unavailable', { key: object.key }, { retryable: true });
}

/** Waits until each engine serves every chunk at its desired generation. */
export const publish: Step = async ({ publisher, clusterPublisher }, job, run) => {
  await publisher.publish();
  if (clusterPublisher) await publishToCluster(clusterPublisher, job, run);
  return { patch: { state: 'published' }, bytes: 0, rows: job.report?.rowsAccepted ?? 0 };
};

/** Months on their way into the cluster, told as rows; those of other imports may be published with them. */
async function publishToCluster(cluster: ClusterPublisher, job: JobRecord, run: StepRun): Promise<void> {
  const rowsTotal = job.report?.rowsAccepted ?? 0;
  const months = new Map<string, ClusterProgress>();
  const stop = cluster.onProgress((progress) => {
    months.set(progress.chunk, progress);
    const all = [...months.values()];
    const rows = all.reduce((sum, month) => sum + (month.rowsDone ?? 0), 0);
    run.progress({
      bytesDone: 0,
      bytesTotal: 0,
      rows: Math.min(rows, rowsTotal),
      notice: all.some(isMoving) ? null : (all.map(noticeOf).findLast((notice) => notice !== null) ?? null),
    });
  });
  try {
    await cluster.publish(run.signal);
  } finally {
    stop();
  }
}

/** A month that another installation works on waits without an error of its own. */
function noticeOf({ stage, notice, chunk, holder }: ClusterProgress): ClusterProgress['notice'] {
  if (stage !== 'held') return notice;
  return new AppError('publishing.held', 'unavailable', { chunk, holder }).toJSON();
}

const isMoving = ({ stage, notice }: ClusterProgress): boolean =>
  notice === null && (stage === 'preparing' || stage === 'loading' || stage === 'checking');

/** Draws up the ledger; `imports.ledger_unbalanced` when a line differs. */
export const reconcile: Step = async (pipeline, job) => {
  const record = await importOf(pipeline, job);
  if (!record) return ACCEPT_AGAIN;
  const report = required(job.report, 'report');
  const located = {
    rejected: await countLines(reportFile(pipeline.folders, job.jobId, report.rejectsPath)),
    skipped: await countLines(reportFile(pipeline.folders, job.jobId, report.skippedPath)),
  };
  const { ledger, active } = await pipeline.logLock.run(async () => ({
    ledger: await ledgerOf(pipeline, record, { ...report, located }),
    active: activeEntry(await pipeline.registry.log(pipeline.dataset), record.importId) !== null,
  }));
  requireBalanced(ledger, job.fileName);
  return { patch: { state: active ? 'done' : 'undone', ledger }, bytes: 0, rows: record.rowsAccepted };
};

type FileSide = Pick<
  ImportRecord,
  'rowsRead' | 'rowsAccepted' | 'rowsRejected' | 'rowsSkipped' | 'totals'
> & {
  readonly located: { rejected: number; skipped: number } | null;
};

/**
 * The ledger of one import as things stand. Hold the log's lock. `measured` is the footprint of its canonical files
 * when it was taken anew; otherwise the one taken at acceptance stands for them.
 */
export async function ledgerOf(
  pipeline: Pick<Pipeline, 'registry' | 'publisher' | 'builder' | 'clusterPublisher'>,
  record: ImportRecord,
  file: FileSide,
  measured?: readonly FootprintRow[],
): Promise<Ledger> {
  const footprint =
    measured ?? (await pipeline.registry.footprint([record.importId])).get(record.importId) ?? [];
  return pipeline.publisher.whenSettled(async (settled) =>
    buildLedger({
      file,
      located: file.located,
      footprint,
      contribution: settled.resolved.contributions.get(record.importId) ?? null,
      engines: [
        await localSide(pipeline, record, settled),
        ...(pipeline.clusterPublisher ? [await clusterSide(pipeline.clusterPublisher, record)] : []),
      ],
    }),
  );
}

/** Counts and sums of the import's rows in the files that the local engine serves. */
async function localSide(
  { builder }: Pick<Pipeline, 'builder'>,
  record: ImportRecord,
  { manifest }: Settled,
) {
  const own = new Set(record.chunks.map((chunk) => chunk.chunk));
  const parts = [];
  for (const chunk of manifest.chunks)
    if (own.has(chunk.chunk)) parts.push(...(await builder.measure(chunk.path)));
  return { name: 'engine' as const, ...sumOf(parts, record.importId) };
}

/** The same as queries see it in the cluster. */
async function clusterSide(cluster: ClusterPublisher, record: ImportRecord) {
  const { signal } = new AbortController();
  const parts = [];
  for (const { chunk } of record.chunks) parts.push(...(await cluster.measure(chunk, signal)));
  return { name: 'Druid' as const, ...sumOf(parts, record.importId) };
}

function sumOf(parts: readonly ImportTotals[], importId: string) {
  const sum = new TotalsSum();
  for (const part of parts) if (part.importId === importId) sum.add(part);
  return { rows: sum.rows, totals: sum.totals() };
}

function requireBalanced(ledger: Ledger, fileName: string): void {
  const line = ledger.lines.find((item) => !item.balanced);
  if (!line) return;
  throw new AppError('imports.ledger_unbalanced', 'bug', {
    fileName,
    check: line.check,
    expected: line.expected,
    actual: line.actual,
  });
}

const importOf = ({ registry }: Pipeline, job: JobRecord): Promise<ImportRecord | null> =>
  registry.findImport(required(job.importId, 'import id'));

/**
 * The registry does not know an import that this job put into it: it lost its last changes (a failover, a backup that
 * was put back), or another registry is set now. Then the job is accepted again, on the log as it is.
 */
const ACCEPT_AGAIN: StepResult = {
  patch: { state: 'validated', acceptedIn: null },
  bytes: 0,
  rows: 0,
  state: 'skipped',
};
