import { JOB_STATES } from '#shared/domain/job';
import type { Stores } from '../services/imports/store-ports.ts';
import type { ManifestReader } from '../services/publishing/ports.ts';

/** Prometheus text format 0.0.4 of what an operator watches. Names follow its conventions (base units, `_total`). */
export async function metricsText(stores: Stores, manifest: ManifestReader): Promise<string> {
  const jobs = await stores.jobs.list({ includeDismissed: true });
  const { dataVersion, chunks } = manifest.current();
  const memory = process.memoryUsage();
  const lines = [
    '# HELP mauzo_jobs Imports on record by state.',
    '# TYPE mauzo_jobs gauge',
    ...JOB_STATES.map(
      (state) => `mauzo_jobs{state="${state}"} ${jobs.filter((job) => job.state === state).length}`,
    ),
    ...metric('mauzo_data_version', 'gauge', 'Version of the published figures.', dataVersion),
    ...metric('mauzo_published_chunks', 'gauge', 'Months with rows.', chunks.length),
    ...metric(
      'mauzo_published_rows',
      'gauge',
      'Rows that count.',
      chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
    ),
    ...metric(
      'mauzo_publishing',
      'gauge',
      '1 while a change is not published yet.',
      manifest.isPublishing() ? 1 : 0,
    ),
    ...metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the engine.', memory.rss),
    ...metric(
      'process_uptime_seconds',
      'gauge',
      'Time since the engine started.',
      Math.round(process.uptime()),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const metric = (name: string, type: string, help: string, value: number) => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];
