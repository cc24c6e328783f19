/**
 * `npm run bench -- upload`: one file of 500 MB to an S3 server on this computer, by Mauzo and by s5cmd, interleaved.
 *
 *   npm run bench -- upload [--runs N] [--megabytes N] [--part-mib N] [--parallel N]
 *
 * Prints wall seconds as median (lowest–highest), the ratio of the speeds, and what Mauzo's uploads cost the process
 * that they run in. The server is `versitygw` (tests/support/s3-server.ts says where it is looked for); the peer is
 * optional:
 *
 *   GOBIN=~/.cache/mauzo-stack/bin go install github.com/peak/s5cmd/v2@v2.3.0
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../scripts/lib/test-electron.mts';
import { createLocalObjectStore } from '../src/main/adapters/local-files/index.ts';
import { createS3ObjectStore } from '../src/main/adapters/s3/index.ts';
import { startS3Server, versitygwPath, whyNoS3Server, type S3Server } from '../tests/support/s3-server.ts';
import { median, spread } from './lib/measure.mts';

const MIB = 1024 * 1024;

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '500' },
    'part-mib': { type: 'string' },
    parallel: { type: 'string' },
  },
});
const runs = Number(values.runs);
const sizeBytes = Number(values.megabytes) * 1e6;
const tuning = {
  ...(values['part-mib'] === undefined ? {} : { partBytes: Number(values['part-mib']) * MIB }),
  ...(values.parallel === undefined ? {} : { parallelParts: Number(values.parallel) }),
};

/** Random bytes: nothing between here and the disk can make them smaller. */
function provideFile(): string {
  const path = join(cacheFolder(), 'bench', `random-${sizeBytes}.bin`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.tmp`, 'w');
  const piece = Buffer.alloc(MIB);
  for (let done = 0; done < sizeBytes; done += MIB) {
    randomFillSync(piece);
    writeSync(file, piece, 0, Math.min(MIB, sizeBytes - done));
  }
  closeSync(file);
  renameSync(`${path}.tmp`, path);
  return path;
}

/** Also brings the file into the system's cache, for both. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

function uploadByPeer(peer: string, server: S3Server, file: string): number {
  const startedAt = performance.now();
  execFileSync(peer, ['--endpoint-url', server.endpoint, 'cp', file, `s3://${server.bucket}/peer/object`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      AWS_REGION: server.region,
    },
  });
  return (performance.now() - startedAt) / 1000;
}

async function uploadByMauzo(server: S3Server, file: string, sha256: string, home: string) {
  const store = createS3ObjectStore({
    connection: server.connection(),
    secrets: { 's3.secretAccessKey': server.secretAccessKey },
    cache: createLocalObjectStore({ folder: join(home, 'cache') }),
    stateFolder: join(home, 'uploads'),
    tuning,
  });
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await store.putFile('raw/object', file, { sha256, signal: new AbortController().signal });
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  delays.disable();
  store.close();
  return {
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    eventLoopP99Ms: delays.percentile(99) / 1e6,
    rssMb: process.memoryUsage.rss() / 1e6,
  };
}

const missing = whyNoS3Server();
if (missing !== null) process.exit(1);
const peer = join(dirname(versitygwPath()), 's5cmd');
const hasPeer = existsSync(peer);
if (!hasPeer) console.log(`No s5cmd at ${peer}: only Mauzo is measured.`);

const file = provideFile();
const sha256 = await hashOf(file);
const server = await startS3Server();
const home = mkdtempSync(join(tmpdir(), 'mauzo-bench-'));
const ours: Awaited<ReturnType<typeof uploadByMauzo>>[] = [];
const peers: number[] = [];
try {
  const empty = () => {
    for (const folder of ['raw', 'peer'])
      rmSync(join(server.folder, server.bucket, folder), { recursive: true, force: true });
  };
  for (let run = 0; run < runs; run += 1) {
    if (hasPeer) peers.push(uploadByPeer(peer, server, file));
    empty();
    ours.push(await uploadByMauzo(server, file, sha256, home));
    empty();
  }
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}

const seconds = ours.map((run) => run.seconds);
console.log(`\nupload: ${(sizeBytes / 1e6).toFixed(0)} MB, ${runs} interleaved runs`);
console.log(`  wall s     Mauzo ${spread(seconds, 2)}${hasPeer ? `   s5cmd ${spread(peers, 2)}` : ''}`);
if (hasPeer) console.log(`  speed      ${(median(peers) / median(seconds)).toFixed(2)} × s5cmd`);
console.log(
  `  Mauzo      CPU s ${spread(
    ours.map((run) => run.cpuSeconds),
    2,
  )}   event loop p99 ms ${spread(ours.map((run) => run.eventLoopP99Ms))}   memory MB ${spread(
    ours.map((run) => run.rssMb),
    0,
  )}`,
);
