import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input, MauzoContract } from '../../../src/shared/contract/index.ts';
import type { JobView } from '../../../src/shared/domain/job.ts';
import type { RpcClient } from '../../../src/shared/rpc/client.ts';
import { createEngine, type Engine } from '../../../src/main/engine/create-engine.ts';
import type { EngineOptions } from '../../../src/main/engine/engine-options.ts';
import { connectInProcess } from '../../../src/main/hosts/in-process/index.ts';
import { createSimpleParser } from './simple-parser.fixture.ts';

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export interface TestEngine {
  readonly engine: Engine;
  readonly client: RpcClient<MauzoContract>;
  readonly home: string;
  /** Writes a file of sales and answers its path. */
  file(name: string, lines: readonly string[]): Promise<string>;
  /** Imports files and answers their jobs once no job can go on. */
  importFiles(paths: readonly string[], options?: Input<'imports.start'>['options']): Promise<JobView[]>;
  /** Rows and gross revenue that the engine serves. */
  figures(): Promise<{ rows: number; revenue: number | null }>;
  close(): Promise<void>;
}

export async function startTestEngine(
  options: Partial<EngineOptions> & { home?: string } = {},
): Promise<TestEngine> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'mauzo-engine-')));
  const engine = await createEngine({
    host: 'in-process',
    version: 'test',
    sampleDir: join(home, 'no-sample'),
    parser: createSimpleParser(),
    log: silentLog,
    memoryMiB: 256,
    ...options,
    home,
  });
  const { client, close } = connectInProcess<MauzoContract>(engine.dispatcher);
  return {
    engine,
    client,
    home,
    async file(name, lines) {
      const path = join(home, name);
      await writeFile(path, `${['Date,Branch,Gross revenue,Total cost', ...lines].join('\n')}\n`);
      return path;
    },
    async importFiles(paths, importOptions = {}) {
      const files = paths.map((path) => ({ kind: 'path' as const, path }));
      const { jobIds } = await client.call('imports.start', { files, options: importOptions });
      await engine.settled();
      return Promise.all(jobIds.map((jobId) => client.call('jobs.get', { jobId })));
    },
    async figures() {
      const answer = await client.call('analytics.query', { metrics: ['rowCount', 'totalRevenue'] });
      const [rows, revenue] = answer.rows[0] ?? [0, null];
      return { rows: Number(rows ?? 0), revenue: revenue === null ? null : Number(revenue) };
    },
    async close() {
      close();
      await engine.close();
    },
  };
}

export const removeHome = (home: string) => rm(home, { recursive: true, force: true });
