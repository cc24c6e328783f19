import { basename } from 'node:path';
import type { Check } from '#shared/contract/app';
import { ledgerCheck, ok, trouble, type Examination } from '../diagnostics/index.ts';
import { differingColumn, TotalsSum } from '../publishing/index.ts';
import { filesBelow, namesIn } from './canonical-files.ts';
import { reportFile } from './folders.ts';
import { isFinal, isWaiting } from './job-states.ts';
import { countLines } from './json-lines.ts';
import type { Pipeline } from './pipeline.ts';
import { rawKey } from './ports.ts';
import { ledgerOf } from './store-steps.ts';
import type { ImportRecord } from './store-ports.ts';

type Line = Omit<Check, 'area'>;

/** What `app.doctor` checks of imports: stored objects, what the engine serves, every ledger, jobs, and leftovers. */
export function importExaminations(pipeline: Pipeline): readonly Examination[] {
  return [
    { area: 'objects', name: 'Stored files', examine: () => examineObjects(pipeline) },
    { area: 'engine', name: 'Published months', examine: () => examineEngine(pipeline) },
    { area: 'engine', name: 'Months in Druid', examine: () => examineCluster(pipeline) },
    { area: 'ledger', name: 'Ledgers', examine: () => examineLedgers(pipeline) },
    { area: 'jobs', name: 'Imports', examine: () => examineJobs(pipeline) },
    { area: 'orphans', name: 'Leftovers', examine: () => examineOrphans(pipeline) },
  ];
}

async function activeImports({ registry, dataset }: Pipeline): Promise<readonly ImportRecord[]> {
  const log = await registry.log(dataset);
  const active = new Set(log.filter((entry) => entry.undoneAt === null).map((entry) => entry.importId));
  return (await registry.listImports(dataset)).filter((record) => active.has(record.importId));
}

async function examineObjects(pipeline: Pipeline): Promise<Line[]> {
  const unfinished = await pipeline.jobs.list({ includeDismissed: true });
  const notYet = new Set(
    unfinished.filter((job) => !isFinal(job.state) || job.state === 'failed').map((job) => job.importId),
  );
  const lines: Line[] = [];
  let objects = 0;
  for (const record of await activeImports(pipeline)) {
    if (notYet.has(record.importId)) continue;
    const raw = { key: rawKey(record.dataset, record.rawSha256), sha256: record.rawSha256, sizeBytes: null };
    for (const { key, sha256, sizeBytes } of [raw, ...record.chunks]) {
      objects += 1;
      const stored = await pipeline.objects.head(key);
      const whole = stored?.sha256 === sha256 && (sizeBytes === null || stored.sizeBytes === sizeBytes);
      if (whole) continue;
      lines.push(
        trouble(
          'failed',
          record.fileName,
          stored ? `${key} was altered` : `${key} is missing`,
          'Somebody or something changed the objects folder, or the disk is failing.',
          'Put the objects folder back from a backup, or undo the import and import the file again.',
        ),
      );
    }
  }
  return lines.length > 0 ? lines : [ok('Stored files', `${objects} files are whole`)];
}

async function examineEngine({ registry, publisher, dataset, builder }: Pipeline): Promise<Line[]> {
  const desired = await registry.desiredGenerations(dataset);
  return publisher.whenSettled(async ({ manifest, resolved }) => {
    const lines: Line[] = [];
    const months = new Set([...resolved.chunks.keys(), ...manifest.chunks.map((chunk) => chunk.chunk)]);
    for (const chunk of months) {
      const expected = (resolved.chunks.get(chunk) ?? []).reduce((sum, part) => sum + part.rows, 0);
      const served = manifest.chunks.find((item) => item.chunk === chunk);
      const parts = served ? await builder.measure(served.path) : [];
      const rows = parts.reduce((sum, part) => sum + part.rows, 0);
      if (rows === expected) continue;
      lines.push(
        trouble(
          'failed',
          chunk,
          `${rows} rows are served, ${expected} count`,
          'The derived file of this month is damaged.',
          'Close Mauzo, delete this month in the folder “local” of the data folder, and open Mauzo: it is built anew.',
        ),
      );
    }
    const detail = `${months.size} of ${desired.size} months with rows, data version ${manifest.dataVersion}`;
    return lines.length > 0 ? lines : [ok('Published months', detail)];
  });
}

/** What queries see in the cluster, month by month and to the last digit, against what counts. Nothing without a cluster. */
async function examineCluster({ publisher, clusterPublisher, registry, dataset }: Pipeline): Promise<Line[]> {
  if (!clusterPublisher) return [];
  await clusterPublisher.refresh();
  const desired = await registry.desiredGenerations(dataset);
  const { signal } = new AbortController();
  return publisher.whenSettled(async ({ resolved }) => {
    const lines: Line[] = [];
    for (const chunk of [...desired.keys()].sort()) {
      const [expected, found] = [new TotalsSum(), new TotalsSum()];
      for (const part of resolved.chunks.get(chunk) ?? []) expected.add(part);
      for (const part of await clusterPublisher.measure(chunk, signal)) found.add(part);
      const column = differingColumn(expected.totals(), found.totals());
      if (expected.rows === found.rows && column === null) continue;
      const isBehind = clusterPublisher.isPublishing();
      lines.push(
        trouble(
          isBehind ? 'warning' : 'failed',
          chunk,
          expected.rows === found.rows
            ? `The sum of ${column} in Druid is not the one that counts`
            : `${found.rows} rows are in Druid, ${expected.rows} count`,
          isBehind ? 'A change is still on its way into Druid.' : 'Something else changed the datasource.',
          isBehind
            ? 'Wait until the import that publishes it is done, then run the doctor again.'
            : 'Undo an import of this month and count it again: the month is then loaded anew.',
        ),
      );
    }
    return lines.length > 0 ? lines : [ok('Months in Druid', `${desired.size} months are as they count`)];
  });
}

async function examineLedgers(pipeline: Pipeline): Promise<Line[]> {
  const jobs = new Map((await pipeline.jobs.list({ includeDismissed: true })).map((job) => [job.jobId, job]));
  const lines: Line[] = [];
  for (const record of await activeImports(pipeline)) {
    const report = jobs.get(record.jobId)?.report;
    const located = report
      ? {
          rejected: await countLines(reportFile(pipeline.folders, record.jobId, report.rejectsPath)),
          skipped: await countLines(reportFile(pipeline.folders, record.jobId, report.skippedPath)),
        }
      : null;
    // Measured anew, not from the registry: that is the point of a doctor.
    const files = [];
    for (const { chunk } of record.chunks)
      files.push({ chunk, path: await pipeline.canonical.locate(record.importId, chunk) });
    const footprint = await pipeline.builder.footprint(files);
    const ledger = await pipeline.logLock.run(() =>
      ledgerOf(pipeline, record, { ...record, located }, footprint),
    );
    lines.push(ledgerCheck(record.fileName, ledger));
  }
  return lines.length > 0 ? lines : [ok('Ledgers', 'No import counts yet')];
}

async function examineJobs({ jobs }: Pipeline): Promise<Line[]> {
  const all = await jobs.list({ includeDismissed: false });
  const failed = all.filter((job) => job.state === 'failed');
  const waiting = all.filter((job) => isWaiting(job.state));
  const lines = failed.map((job) =>
    trouble(
      'warning',
      job.fileName,
      `The import failed: ${job.error?.code ?? 'unknown'}`,
      'The Import page says why.',
      'Try it again or dismiss it on the Import page.',
    ),
  );
  lines.push(
    ok('Imports', `${all.length} listed, ${waiting.length} waiting for a person, ${failed.length} failed`),
  );
  return lines;
}

async function examineOrphans({ jobs, registry, objects, folders, dataset }: Pipeline): Promise<Line[]> {
  const known = new Set((await jobs.list({ includeDismissed: true })).map((job) => job.jobId));
  const reports = (await namesIn(folders.reports)).filter((name) => !known.has(name));
  const keys = new Set(
    (await registry.listImports(dataset)).flatMap((record) => [
      rawKey(record.dataset, record.rawSha256),
      ...record.chunks.map((chunk) => chunk.key),
    ]),
  );
  const foreign: string[] = [];
  // What else lies in a shared store, as rows on their way into a cluster, is no import's.
  for (const prefix of ['raw/', 'canonical/'])
    for await (const object of objects.list(prefix)) if (!keys.has(object.key)) foreign.push(object.key);
  const accepted = new Set([...keys].map((key) => basename(key)));
  const left = (await filesBelow(folders.accepted)).filter((path) => !accepted.has(basename(path)));
  const count = reports.length + foreign.length + left.length;
  if (count === 0) return [ok('Leftovers', 'None')];
  return [
    trouble(
      'warning',
      'Leftovers',
      [...reports, ...foreign, ...left.map((path) => basename(path))].slice(0, 20).join(', '),
      `${count} files or folders belong to no import: a running import, or a crash.`,
      'Nothing is wrong with the figures. Close and open Mauzo: what is not needed is removed.',
    ),
  ];
}
