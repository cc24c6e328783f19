/**
 * `npm run bench -- drop`: a file (1 MB of one month, if nothing else is said) from the drop until its figures can be
 * asked for, on the embedded engine and on S3 + Druid + PostgreSQL, interleaved.
 *
 *   npm run stack -- up
 *   MAUZO_TEST_STACK=<path of its info file> npm run bench -- drop [--runs N] [--rows N] [--months N]
 *
 * Prints seconds of each step as median (lowest–highest), and the publish step against the bare tasks: the same inputs
 * given to Druid by hand, as many at a time as it has slots, until Druid serves them.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
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
import type { ChunkLoad } from '../src/main/services/publishing/ports.ts';
import { addMonths } from '../src/shared/domain/periods.ts';
import { testStack } from '../tests/support/test-stack.ts';
import { median, spread } from './lib/measure.mts';

const CLI = join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'out', 'main', 'cli.cjs');
const POLL_MS = 250;

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    rows: { type: 'string', default: '13000' },
    months: { type: 'string', default: '1' },
  },
});
const runs = Number(values.runs);
const months = Array.from({ length: Number(values.months) }, (_, index) =>
  addMonths('2024-01-01', index).slice(0, 7),
);
const rowsPerMonth = Math.floor(Number(values.rows) / months.length);
const stack = testStack();

const answerSchema = z.object({
  files: z.array(
    z.object({
      state: z.literal('done'),
      steps: z.array(z.object({ step: z.string(), elapsedMs: z.number() })),
    }),
  ),
});

const HEADER =
  'Date,Branch,Product line,Item group,Item,Sales person,Account,Customer,Sales,Returns,Cost,Quantity,Units returned\n';

/** Another file each time: the same bytes would be known. Every 25th row has returns, every 20th has no cost. */
function writeFile(path: string, run: number): void {
  const file = openSync(path, 'w');
  writeSync(file, HEADER);
  for (const [position, month] of months.entries()) {
    const lines: string[] = [];
    for (let index = 0; index < rowsPerMonth; index += 1) {
      const row = position * rowsPerMonth + index;
      const day = String(1 + (row % 28)).padStart(2, '0');
      const time = `${String(8 + (row % 12)).padStart(2, '0')}:${String(row % 60).padStart(2, '0')}`;
      const sales = 1_000 + ((row * 7_919 + run) % 90_000);
      const returned = row % 25 === 0;
      const names = `Branch ${row % 40},Line ${row % 8},Group ${row % 60},Item ${(row * 31) % 5_000},Seller ${row % 300},Account ${row % 20},Customer ${(row * 17) % 50_000}`;
      const cost = row % 20 === 0 ? '' : `${Math.floor(sales * 0.7)}.${String(row % 97).padStart(2, '0')}`;
      lines.push(
        `${month}-${day} ${time},${names},${sales}.${String(row % 100).padStart(2, '0')},${returned ? -(row % 500) : 0},${cost},${1 + (row % 40)},${returned ? -1 : 0}`,
      );
    }
    writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
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

/** The same rows as tasks by hand, into a datasource of its own. */
async function bareTasksMs(prefix: string, cacheFolder: string): Promise<number> {
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
  const inputs = new Map<string, ChunkLoad['inputs'][number][]>();
  for await (const { key } of objects.list('ingest/')) {
    const chunk = key.split('/')[2] ?? '';
    inputs.set(chunk, [...(inputs.get(chunk) ?? []), { key, sha256: '', rows: rowsPerMonth }]);
  }
  objects.close();
  const cluster = createDruidCluster({ client: createDruidClient({ connection: druid }), druid, s3 });
  const { signal } = new AbortController();
  const load = async (chunk: string): Promise<void> => {
    const task = { registryId: 'bench', chunk, generation: 1, attempt: 1, inputs: inputs.get(chunk) ?? [] };
    await cluster.submit(task, signal);
    for (;;) {
      const known = await cluster.task(cluster.taskId(task), signal);
      if (known.state === 'failed') throw known.error;
      if (known.state === 'succeeded') return;
      await delay(POLL_MS);
    }
  };
  const startedMs = performance.now();
  const waiting = [...months];
  const served: Promise<string>[] = [];
  const work = async () => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
      await load(chunk);
      served.push(cluster.served(chunk, null, signal));
    }
  };
  const slots = (await cluster.slots(signal))?.capacity ?? 1;
  await Promise.all(Array.from({ length: slots }, work));
  await Promise.all(served);
  const elapsedMs = performance.now() - startedMs;
  for (const chunk of months) await cluster.empty(chunk, signal);
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
    const file = join(work, 'sales.csv');
    writeFile(file, run);
    const { env, datasource } = placeOn(stack);
    embedded.push(importFile(file, join(work, 'embedded'), {}));
    connected.push(importFile(file, join(work, 'connected'), env));
    bare.push(await bareTasksMs(datasource, join(work, 'bare')));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
console.log(`${rowsPerMonth * months.length} rows of ${months.length} months; ${runs} runs`);
for (const step of connected[0]?.steps.keys() ?? []) {
  const of = (all: readonly ReturnType<typeof importFile>[]) =>
    seconds(all.map(({ steps }) => steps.get(step) ?? 0));
  console.log(`${step.padEnd(10)} embedded ${of(embedded).padEnd(26)} with servers ${of(connected)}`);
}
const wall = (all: readonly ReturnType<typeof importFile>[]) => seconds(all.map(({ wallMs }) => wallMs));
console.log(`command    embedded ${wall(embedded).padEnd(26)} with servers ${wall(connected)}`);
const overheads = connected.map(({ steps }, run) => (steps.get('publish') ?? 0) - (bare[run] ?? 0));
console.log(`bare tasks ${seconds(bare)}; publish step beyond it ${seconds(overheads)}`);
