import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE_HOOK = join(dirname(fileURLToPath(import.meta.url)), 'report-usage.cjs');

/** What one process of a run used. `role` is the name of its script. */
export interface ProcessUsage {
  readonly role: string;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly eventLoopP99Ms: number;
}

export interface Run {
  readonly wallSeconds: number;
  readonly processes: readonly ProcessUsage[];
}

/** Runs a Node script to its end and collects what it and its children used. Fails when the exit code is not expected. */
export async function measure(
  script: string,
  args: readonly string[],
  okCodes: readonly number[] = [0],
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-bench-'));
  const usageFile = join(folder, 'usage.jsonl');
  const startedAt = performance.now();
  try {
    const { code, tail } = await runToEnd(script, args, usageFile);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    if (code === null || !okCodes.includes(code)) throw new Error(`${script} ended with ${code}: ${tail}`);
    const processes = readFileSync(usageFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ProcessUsage);
    return { wallSeconds, processes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runToEnd(
  script: string,
  args: readonly string[],
  usageFile: string,
): Promise<{ code: number | null; tail: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: `--disable-warning=ExperimentalWarning --require ${JSON.stringify(USAGE_HOOK)}`,
        MAUZO_BENCH_USAGE: usageFile,
      },
    });
    let tail = '';
    const keep = (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, tail }));
  });
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};

/** "12.3 (11.9–13.0)": the median and the spread. */
export const spread = (values: readonly number[], digits = 1): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
