import { resolve } from 'node:path';
import type { ImportOptions } from '#shared/contract/imports';
import type { JobView } from '#shared/domain/job';
import { exitCodeOfJobs, jobDocument, jobText } from './job-document.ts';
import { readMappingFile } from './mapping-file.ts';
import { EXIT } from './output.ts';
import { importOptionsOf, inspectTable, requireFile } from './prepare-files.ts';
import { withEngine, type Context, type Session } from './session.ts';
import { isAtRest, waitForJobs } from './wait-for-jobs.ts';
import { waitUntilPublished } from './wait-until-published.ts';

/** Options by file: with a mapping in the short form each file gets the columns of its own header. */
async function optionsOf(context: Context, { parser }: Session, path: string): Promise<ImportOptions> {
  const options = importOptionsOf(context.args);
  const mappingPath = context.args.text('mapping');
  if (mappingPath === undefined) return options;
  const file = readMappingFile(mappingPath);
  if (file.kind === 'full') return { ...options, mapping: file.mapping };
  const { table } = await inspectTable(parser, requireFile(path), options.sheet, context.signal);
  return { ...options, mapping: file.resolve(table) };
}

export function printJobs(context: Context, jobs: readonly JobView[]): number {
  if (context.json) context.output.out(`${JSON.stringify({ files: jobs.map(jobDocument) }, null, 2)}\n`);
  else context.output.out(jobs.map(jobText).join('\n'));
  return exitCodeOfJobs(jobs);
}

/** `import FILE…`: starts one job per file and follows them to their end. */
export function importCommand(context: Context): Promise<number> {
  return withEngine(context, async (session) => {
    const { client } = session;
    // Every mapping is understood before the first job is made: a wrong one imports nothing.
    const starts: { path: string; options: ImportOptions }[] = [];
    for (const path of context.args.positionals) {
      starts.push({ path, options: await optionsOf(context, session, path) });
    }
    const jobIds: string[] = [];
    for (const { path, options } of starts) {
      const files = [{ kind: 'path' as const, path: resolve(path) }];
      jobIds.push(...(await client.call('imports.start', { files, options })).jobIds);
    }
    if (!context.args.flag('no-wait')) {
      const jobs = await waitForJobs(client, jobIds, context.output);
      // A duplicate is done at once, though the import that it equals may only be on its way into the figures.
      if (jobs.every((job) => job.waitingFor === null)) await waitUntilPublished(client, context.output);
      return printJobs(context, jobs);
    }
    // Once its copy is complete a job needs neither the file nor this process any more.
    const jobs = await waitForJobs(
      client,
      jobIds,
      context.output,
      (job) => job.state !== 'queued' || isAtRest(job),
    );
    printJobs(context, jobs);
    return jobs.some((job) => job.state === 'failed') ? EXIT.failed : EXIT.done;
  });
}
