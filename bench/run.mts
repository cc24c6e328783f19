/**
 * `npm run bench`: validate + canonical Parquet against DuckDB's bare CSV → Parquet copy, interleaved in one run.
 *
 *   npm run bench -- [--runs N] [--files 1mb,50mb,500mb,xlsx]
 *   npm run bench -- upload …    an upload to an S3 server instead: bench/upload.mts
 *   npm run bench -- drop …      from the drop to the figures, also with servers: bench/drop.mts
 *
 * Prints CPU seconds, wall seconds and peak memory as median (lowest–highest), and the ratio of the medians; then the
 * whole import of the same file, from the drop to the balanced ledger, and how long the engine's event loop was held.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../scripts/lib/test-electron.mts';
import { measure, median, spread, type Run } from './lib/measure.mts';

const OTHERS: Readonly<Record<string, () => Promise<unknown>>> = {
  upload: () => import('./upload.mts'),
  drop: () => import('./drop.mts'),
};
const other = OTHERS[process.argv[2] ?? ''];
if (other) {
  await other();
  process.exit();
}

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const CLI = join(root, 'out', 'main', 'cli.cjs');
const PEER = join(here, 'duckdb-copy.cjs');
const GENERATOR = join(root, 'scripts', 'sample', 'generate.mts');

/** Rows of the seeded generator that give about the size in the name. The workbook is compared with the CSV of its rows. */
const FILES = {
  '1mb': { rows: 6_200, kind: 'large-csv' },
  '50mb': { rows: 310_000, kind: 'large-csv' },
  '500mb': { rows: 3_100_000, kind: 'large-csv' },
  xlsx: { rows: 1_048_575, kind: 'large-xlsx' },
} as const;
type FileName = keyof typeof FILES;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    files: { type: 'string', default: '1mb,50mb,500mb,xlsx' },
  },
});
const runs = Number(values.runs);
const names = values.files.split(',').filter((name): name is FileName => Object.hasOwn(FILES, name));

function provideFile(kind: 'large-csv' | 'large-xlsx', rows: number): string {
  const folder = join(cacheFolder(), 'bench');
  const extension = kind === 'large-csv' ? 'csv' : 'xlsx';
  const path = join(folder, `sales-${rows}.${extension}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  console.log(`Writing ${path} …`);
  execFileSync(process.execPath, [GENERATOR, '--out', folder, '--only', kind, '--rows', String(rows)]);
  renameSync(join(folder, `large.${extension}`), path);
  return path;
}

const sum = (run: Run, role: string, pick: 'cpuSeconds') =>
  run.processes.filter((usage) => usage.role === role).reduce((total, usage) => total + usage[pick], 0);
const most = (run: Run, role: string, pick: 'peakRssMb' | 'eventLoopP99Ms') =>
  Math.max(...run.processes.filter((usage) => usage.role === role).map((usage) => usage[pick]));

async function compare(name: FileName): Promise<void> {
  const { kind, rows } = FILES[name];
  const file = provideFile(kind, rows);
  const peerFile = kind === 'large-csv' ? file : provideFile('large-csv', rows);
  const ours: Run[] = [];
  const peers: Run[] = [];
  for (let index = 0; index < runs; index += 1) {
    const work = mkdtempSync(join(tmpdir(), 'mauzo-bench-'));
    try {
      peers.push(await measure(PEER, [peerFile, join(work, 'peer.parquet')]));
      ours.push(await measure(CLI, ['validate', file, '--home', join(work, 'home'), '--json']));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const parserCpu = ours.map((run) => sum(run, 'parser.cjs', 'cpuSeconds'));
  const peerCpu = peers.map((run) => sum(run, 'duckdb-copy.cjs', 'cpuSeconds'));
  console.log(
    `\n${name}: ${(statSync(file).size / 1e6).toFixed(1)} MB, ${rows} rows, ${runs} interleaved runs`,
  );
  console.log(
    `  CPU s      parser ${spread(parserCpu)}   DuckDB copy ${spread(peerCpu)}   ratio ${(median(parserCpu) / median(peerCpu)).toFixed(2)}`,
  );
  console.log(
    `  wall s     validate ${spread(ours.map((run) => run.wallSeconds))}   DuckDB copy ${spread(peers.map((run) => run.wallSeconds))}`,
  );
  console.log(
    `  peak MB    parser ${spread(
      ours.map((run) => most(run, 'parser.cjs', 'peakRssMb')),
      0,
    )}   DuckDB copy ${spread(
      peers.map((run) => most(run, 'duckdb-copy.cjs', 'peakRssMb')),
      0,
    )}`,
  );
  console.log(
    `  engine     CPU s ${spread(ours.map((run) => sum(run, 'cli.cjs', 'cpuSeconds')))}   event loop p99 ms ${spread(ours.map((run) => most(run, 'cli.cjs', 'eventLoopP99Ms')))}`,
  );
}

async function importWhole(name: FileName): Promise<void> {
  const { kind, rows } = FILES[name];
  const file = provideFile(kind, rows);
  const whole: Run[] = [];
  for (let index = 0; index < runs; index += 1) {
    const work = mkdtempSync(join(tmpdir(), 'mauzo-bench-'));
    try {
      whole.push(await measure(CLI, ['import', file, '--home', join(work, 'home'), '--json']));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  console.log(
    `  import     wall s ${spread(whole.map((run) => run.wallSeconds))}   engine CPU s ${spread(whole.map((run) => sum(run, 'cli.cjs', 'cpuSeconds')))}   peak MB ${spread(
      whole.map((run) => most(run, 'cli.cjs', 'peakRssMb')),
      0,
    )}   event loop p99 ms ${spread(whole.map((run) => most(run, 'cli.cjs', 'eventLoopP99Ms')))}`,
  );
}

for (const name of names) {
  await compare(name);
  await importWhole(name);
}
