import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import { startFaultProxy, type Exchange, type FaultProxy } from '../support/fault-proxy.ts';
import { randomName, startS3Server, whyNoS3Server, type S3Server } from '../support/s3-server.ts';
import { PART_BYTES } from '../support/s3-store.ts';

const isLeftOut = whyNoS3Server() !== null;
const PARTS = 5;
const content = randomBytes((PARTS - 1) * PART_BYTES + 777);
const sha256 = sha256Of(content);
const key = 'reports/march';

let server: S3Server;
let proxy: FaultProxy;
let home: string;
let prefix: string;
beforeAll(async () => {
  if (isLeftOut) return;
  server = await startS3Server();
  proxy = await startFaultProxy(server);
});
afterAll(async () => {
  if (isLeftOut) return;
  await proxy.close();
  await server.stop();
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mauzo-home-'));
  prefix = randomName();
  writeFileSync(join(home, 'source'), content);
  if (!isLeftOut) proxy.forget();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Uploader {
  readonly child: ChildProcess;
  readonly end: Promise<{ signal: NodeJS.Signals | null; output: string }>;
}

function startUpload(): Uploader {
  const connection = JSON.stringify(server.connection({ endpoint: proxy.endpoint, prefix }));
  const script = join(import.meta.dirname, 's3-upload-child.ts');
  const args = ['--no-warnings', script, connection, home, key, join(home, 'source'), sha256];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, MAUZO_S3_SECRET_ACCESS_KEY: server.secretAccessKey },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const end = new Promise<{ signal: NodeJS.Signals | null; output: string }>((resolve) => {
    child.once('close', (_, signal) => resolve({ signal, output }));
  });
  return { child, end };
}

/** Kills the uploader as soon as the log is as told; fails when it came to its end before. */
async function killWhen(condition: (log: readonly Exchange[]) => boolean): Promise<void> {
  const { child, end } = startUpload();
  const early = end.then(({ output }) => {
    throw new Error(`ended too early: ${output}`);
  });
  await Promise.race([proxy.until(condition), early]);
  early.catch(() => {});
  child.kill('SIGKILL');
  expect((await end).signal).toBe('SIGKILL');
}

async function resume(): Promise<void> {
  proxy.forget();
  expect(await startUpload().end).toEqual({ signal: null, output: 'stored\n' });
  const folder = join(server.folder, server.bucket, prefix, 'reports');
  expect(readdirSync(folder)).toEqual(['march']);
  expect(readFileSync(join(folder, 'march')).equals(content)).toBe(true);
  expect(readdirSync(join(server.folder, server.bucket, '.sgwtmp', 'multipart'))).toEqual([]);
  expect(readdirSync(join(home, 'uploads'))).toEqual([]);
}

const ofPart = ({ operation }: Exchange) => operation === 'UploadPart';

describe.skipIf(isLeftOut)('kill -9', () => {
  it.each(Array.from({ length: PARTS + 1 }, (_, k) => k))(
    'when %i parts have arrived: only the missing parts are sent again',
    async (k) => {
      // Whatever comes after the k-th part does not get through, the end included.
      proxy.fault = (exchange) => {
        const isLater = ofPart(exchange) ? exchange.before >= k : exchange.operation.startsWith('Complete');
        return isLater ? { kind: 'hold' } : null;
      };
      const held = (log: readonly Exchange[]) =>
        log.some((exchange) =>
          k === PARTS
            ? exchange.operation === 'CompleteMultipartUpload'
            : ofPart(exchange) && exchange.before === k,
        );
      await killWhen(
        (log) => log.filter((each) => ofPart(each) && each.status === 200).length === k && held(log),
      );
      const arrived = proxy.partsSent();
      expect(arrived).toHaveLength(k);
      await resume();
      expect([...arrived, ...proxy.partsSent()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
      expect(proxy.count('UploadPart')).toBe(PARTS - k);
      expect(proxy.count('CreateMultipartUpload')).toBe(0);
      expect(proxy.count('CompleteMultipartUpload')).toBe(1);
    },
  );

  it('before the upload has an id: begun anew', async () => {
    proxy.fault = ({ operation }) => (operation === 'CreateMultipartUpload' ? { kind: 'hold' } : null);
    await killWhen((log) => log.some(({ operation }) => operation === 'CreateMultipartUpload'));
    await resume();
    expect(proxy.count('UploadPart')).toBe(PARTS);
  });

  it('after the end, its answer unseen: no second object', async () => {
    let isDone = false;
    proxy.fault = ({ operation, before }) => {
      if (operation === 'CompleteMultipartUpload') {
        isDone = before > 0;
        return before === 0 ? { kind: 'swallow' } : { kind: 'hold' };
      }
      return isDone ? { kind: 'hold' } : null;
    };
    await killWhen(
      (log) => log.filter(({ operation }) => operation === 'CompleteMultipartUpload').length === 2,
    );
    await resume();
    expect(proxy.count('UploadPart') + proxy.count('CompleteMultipartUpload')).toBe(0);
  });

  it('after the object was stored, before its state was forgotten: nothing is sent', async () => {
    proxy.fault = ({ operation, before }) =>
      operation === 'HeadObject' && before > 0 ? { kind: 'hold' } : null;
    await killWhen((log) => log.filter(({ operation }) => operation === 'HeadObject').length === 2);
    expect(readdirSync(join(home, 'uploads'))).toHaveLength(1);
    await resume();
    expect(proxy.count('UploadPart') + proxy.count('CreateMultipartUpload')).toBe(0);
  });
});
