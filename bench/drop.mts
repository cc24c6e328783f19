/**
 * `npm run bench -- drop`: a file of 1 MB and one month from the drop until its figures can be asked for, on the
 * embedded engine and on S3 + Druid + PostgreSQL, interleaved.
 *
 *   npm run stack -- up
 *   MAUZO_TEST_STACK=<path of its info file> npm run bench -- drop [--runs N]
 *
 * Prints seconds of each step as median (lowest–highest), and the publish step against the bare task: the same input
 * given to Druid by hand, until Druid serves it.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createDruidClient, createDruidCluster } from '../src/main/adapters/druid/index.ts';
import { createLocalObjectStore } from '../src/main/adapters/local-files/index.ts';
import { createS3ObjectStore } from '../src/main/adapters/s3/index.ts';
import { placeOn } from '../tests/support/connected-engine.ts';
import { testStack } from '../tests/support/test-stack.ts';
import { median, spread } from './lib/measure.mts';

const CLI = join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'out', 'main', 'cli.cjs');
const ROWS = 13_000;
const CHUNK = '2026-03';
const POLL_MS = 250;

const { values } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '3' } } });
const runs = Number(values.runs);
const stack = testStack();

const answerSchema = z.object({
  files: z.array(
    z.object({
      state: z.literal('done'),
      steps: z.array(z.object({ step: z.string(), elapsedMs: z.number() })),
    }),
  ),
});

/** Another file each time: the same bytes would be known. */
function writeFile(path: string, run: number): void {
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const day = String(1 + (index % 31)).padStart(2, '0');
    const amount = `${1_000 + ((index * 7_919 + run) % 90_000)}.${String(index % 100).padStart(2, '0')}`;
    return `2026-03-${day},Branch ${index % 12},Line ${index % 5},Item ${index % 400},Customer ${index % 900},${amount},1`;
  });
  writeFileSync(path, `Date,Branch,Product line,Item,Customer,Sales,Quantity\n${lines.join('\n')}\n`);
}

function importFile(file: string, home: string, env: Readonly<Record<string, string>>) {
  const startedMs = performance.now();
  const output = execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', CLI, 'import', file, '--home', home, '--json'],
    { encoding: 'utf8', env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const wallMs = performance.now() - startedMs;
  const steps = new Map<string, number>();
  for (const { step, elapsedMs } of answerSchema.parse(JSON.parse(output)).files[0]?.steps ?? [])
    steps.set(step, (steps.get(step) ?? 0) + elapsedMs);
  return { steps, wallMs };
}

/** The same rows as a task by hand, into a datasource of its own. */
async function bareTaskMs(prefix: string, cacheFolder: string): Promise<number> {
  const s3 = {
    endpoint: stack.s3.endpoint,
    region: stack.s3.region,
    bucket: stack.s3.bucket,
    prefix,
    pathStyle: true,
    credentials: 'keys' as const,
    accessKeyId: stack.s3.accessKeyId,
    profile: null,
  };
  const druid = {
    ...stack.druid,
    datasource: `bare_${randomBytes(6).toString('hex')}`,
    username: null,
    s3Endpoint: null,
    s3Credentials: 'cluster' as const,
    maxTasks: null,
  };
  const objects = createS3ObjectStore({
    connection: s3,
    secrets: { 's3.secretAccessKey': stack.s3.secretAccessKey },
    cache: createLocalObjectStore({ folder: join(cacheFolder, 'objects') }),
    stateFolder: join(cacheFolder, 'uploads'),
  });
  const inputs = [];
  for await (const { key } of objects.list('ingest/')) inputs.push({ key, sha256: '', rows: ROWS });
  objects.close();
  const cluster = createDruidCluster({ client: createDruidClient({ connection: druid }), druid, s3 });
  const { signal } = new AbortController();
  const load = { registryId: 'bench', chunk: CHUNK, generation: 1, attempt: 1, inputs };
  const startedMs = performance.now();
  await cluster.submit(load, signal);
  for (;;) {
    const task = await cluster.task(cluster.taskId(load), signal);
    if (task.state === 'failed') throw task.error;
    if (task.state === 'succeeded') break;
    await delay(POLL_MS);
  }
  await cluster.served(CHUNK, null, signal);
  const elapsedMs = performance.now() - startedMs;
  await cluster.empty(CHUNK, signal);
  return elapsedMs;
}

const seconds = (all: readonly number[]) => {
  const each = all.map((ms) => ms / 1_000);
  return `${median(each).toFixed(2)} s (${spread(each)})`;
};

const embedded: ReturnType<typeof importFile>[] = [];
const connected: ReturnType<typeof importFile>[] = [];
const bare: number[] = [];
for (let run = 0; run < runs; run += 1) {
  const work = mkdtempSync(join(tmpdir(), 'mauzo-bench-'));
  try {
    const file = join(work, 'march.csv');
    writeFile(file, run);
    const { env, datasource } = placeOn(stack);
    embedded.push(importFile(file, join(work, 'embedded'), {}));
    connected.push(importFile(file, join(work, 'connected'), env));
    bare.push(await bareTaskMs(datasource, join(work, 'bare')));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
console.log(`${ROWS} rows of one month; ${runs} runs`);
for (const step of connected[0]?.steps.keys() ?? []) {
  const of = (all: readonly ReturnType<typeof importFile>[]) =>
    seconds(all.map(({ steps }) => steps.get(step) ?? 0));
  console.log(`${step.padEnd(10)} embedded ${of(embedded).padEnd(26)} with servers ${of(connected)}`);
}
const wall = (all: readonly ReturnType<typeof importFile>[]) => seconds(all.map(({ wallMs }) => wallMs));
console.log(`command    embedded ${wall(embedded).padEnd(26)} with servers ${wall(connected)}`);
const overheads = connected.map(({ steps }, run) => (steps.get('publish') ?? 0) - (bare[run] ?? 0));
console.log(`bare task ${seconds(bare)}; publish step beyond it ${seconds(overheads)}`);
