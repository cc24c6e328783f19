import { resolve } from 'node:path';
import type { MauzoContract } from '#shared/contract/index';
import type { ChangePreview } from '#shared/contract/imports';
import { nearestName } from '#shared/domain/nearest-name';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { RpcClient } from '#shared/rpc/client';
import { usageError } from './arguments.ts';
import { printJobs } from './import-command.ts';
import { exitCodeOfJobs, jobDocument, jobText, stateText } from './job-document.ts';
import { amountText, EXIT, groupDigits, plain, table } from './output.ts';
import { overlapPolicyOf } from './prepare-files.ts';
import { withEngine, type Context } from './session.ts';
import { waitForJobs } from './wait-for-jobs.ts';

const idOf = (context: Context) => context.args.positionals[0] ?? '';

/** Jobs of everybody who shares the database. */
async function listEverywhere(context: Context, client: RpcClient<MauzoContract>): Promise<number> {
  const { tasks } = await client.call('jobs.everywhere', {});
  if (context.json) {
    context.output.out(`${JSON.stringify({ tasks }, null, 2)}\n`);
    return EXIT.done;
  }
  const count = (value: number | null) => (value === null ? '' : groupDigits(String(value)));
  const rows = tasks.map((task) => [
    task.owner,
    task.state,
    count(task.rowsAccepted),
    count(task.rowsRejected),
    task.createdAt,
    task.fileName,
    task.error?.code ?? '',
  ]);
  const header = ['Who', 'State', 'Accepted', 'Rejected', 'Started', 'File', 'Error'];
  context.output.out(
    rows.length === 0
      ? 'No imports yet.\n'
      : table(header, rows, ['left', 'left', 'right', 'right', 'left', 'left', 'left']),
  );
  return EXIT.done;
}

export function jobsListCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    if (context.args.flag('everywhere')) return listEverywhere(context, client);
    const { jobs } = await client.call('jobs.list', {});
    if (context.json) {
      context.output.out(`${JSON.stringify({ jobs: jobs.map(jobDocument) }, null, 2)}\n`);
      return EXIT.done;
    }
    const rows = jobs.map((job) => [
      job.jobId,
      job.waitingFor ? stateText(job) : job.state,
      groupDigits(String(job.rowsAccepted)),
      groupDigits(String(job.rowsRejected)),
      job.createdAt,
      job.fileName,
    ]);
    const header = ['Job', 'State', 'Accepted', 'Rejected', 'Started', 'File'];
    context.output.out(
      rows.length === 0
        ? 'No imports yet.\n'
        : table(header, rows, ['left', 'left', 'right', 'right', 'left', 'left']),
    );
    return EXIT.done;
  });
}

export function jobsShowCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const job = await client.call('jobs.get', { jobId: idOf(context) });
    context.output.out(context.json ? `${JSON.stringify(jobDocument(job), null, 2)}\n` : jobText(job));
    return EXIT.done;
  });
}

export function jobsRetryCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const jobId = idOf(context);
    await client.call('jobs.retry', { jobId });
    return printJobs(context, await waitForJobs(client, [jobId], context.output));
  });
}

export function jobsCancelCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const jobId = idOf(context);
    await client.call('jobs.cancel', { jobId });
    const jobs = await waitForJobs(client, [jobId], context.output);
    printJobs(context, jobs);
    return jobs.every((job) => job.state === 'cancelled') ? EXIT.done : EXIT.failed;
  });
}

export function jobsAcceptCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const jobId = idOf(context);
    const onOverlap = overlapPolicyOf(context.args.text('on-duplicate'));
    const supersedes = [...context.args.texts('supersede')];
    await client.call('jobs.accept', {
      jobId,
      ...(onOverlap === undefined ? {} : { onOverlap }),
      ...(supersedes.length > 0 ? { supersedes } : {}),
    });
    const jobs = await waitForJobs(client, [jobId], context.output);
    printJobs(context, jobs);
    return exitCodeOfJobs(jobs);
  });
}

/** `jobs read-as ID FIELD FOUND MEANT`: answers the question whether a new name is another spelling of a known one. */
export function jobsReadAsCommand(context: Context): Promise<number> {
  const [jobId = '', name = '', found = '', meant = ''] = context.args.positionals;
  const field = DIMENSIONS.find((dimension) => dimension === name);
  if (field === undefined)
    throw usageError(
      `There is no name “${name}”`,
      `Did you mean “${nearestName(name, DIMENSIONS)}”? Possible are: ${DIMENSIONS.join(', ')}.`,
    );
  return withEngine(context, async ({ client }) => {
    await client.call('jobs.read-as', { jobId, values: [{ field, found, meant }] });
    const jobs = await waitForJobs(client, [jobId], context.output);
    printJobs(context, jobs);
    return exitCodeOfJobs(jobs);
  });
}

/** An import by its id, by the beginning of it (8 characters at least), or by the id of its job. */
async function importIdOf(client: RpcClient<MauzoContract>, id: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  const { entries } = await client.call('history.list', {});
  const byJob = entries.find((entry) => entry.jobId === id);
  if (byJob) return byJob.importId;
  if (/^[0-9a-f]{8,63}$/.test(id)) {
    const found = new Set(entries.map((entry) => entry.importId).filter((one) => one.startsWith(id)));
    const [only, another] = [...found];
    if (only !== undefined && another === undefined) return only;
    if (another !== undefined) throw usageError(`Several imports begin with ${id}`, 'Give more of the id.');
  }
  const { jobs } = await client.call('jobs.list', {});
  const job = jobs.find((candidate) => candidate.jobId === id);
  if (job?.importId) return job.importId;
  throw new AppError('jobs.unknown', 'notFound', { jobId: id });
}

function changeText(change: ChangePreview, preview: boolean): string {
  const rows = (Object.keys(change.before) as (keyof ChangePreview['before'])[]).map((column) => [
    column,
    amountText(change.before[column]),
    amountText(change.after[column]),
  ]);
  rows.unshift(['rows', groupDigits(String(change.rowsBefore)), groupDigits(String(change.rowsAfter))]);
  const title = preview ? 'Undoing would change' : 'Undone:';
  return `${title} “${plain(change.fileName)}” (${change.chunks.join(', ')})\n${table(['', 'Before', 'After'], rows, ['left', 'right', 'right'])}`;
}

export function undoCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const preview = context.args.flag('preview');
    const importId = await importIdOf(client, idOf(context));
    const change = await client.call(preview ? 'history.preview-undo' : 'history.undo', { importId });
    context.output.out(
      context.json ? `${JSON.stringify({ preview, ...change }, null, 2)}\n` : changeText(change, preview),
    );
    return EXIT.done;
  });
}

export function rejectsCommand(context: Context): Promise<number> {
  const out = context.args.text('out');
  if (out === undefined)
    throw usageError('“rejects” needs --out', 'Write --out FILE.xlsx or --out FILE.csv.');
  if (!/\.(xlsx|csv)$/i.test(out)) {
    throw usageError(`--out cannot be “${out}”`, 'Its name must end in .xlsx or .csv.');
  }
  return withEngine(context, async ({ client }) => {
    const { path, rows } = await client.call('jobs.export-rejects', {
      jobId: idOf(context),
      path: resolve(out),
    });
    const text = `${rows} rejected rows written to ${plain(path)}\n`;
    context.output.out(context.json ? `${JSON.stringify({ path, rows }, null, 2)}\n` : text);
    return EXIT.done;
  });
}
