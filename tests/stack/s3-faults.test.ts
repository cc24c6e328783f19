import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failure, never, sha256Of } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import type { S3Tuning } from '../../src/main/adapters/s3/s3-object-store.ts';
import {
  s3ErrorReply,
  startFaultProxy,
  type Exchange,
  type Fault,
  type FaultProxy,
} from '../support/fault-proxy.ts';
import { randomName, startS3Server, whyNoS3Server, type S3Server } from '../support/s3-server.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { openStore, PART_BYTES, secretsOf } from '../support/s3-store.ts';

const isLeftOut = whyNoS3Server() !== null;
const PARTS = 4;
const small = randomBytes(300_000);
const large = randomBytes(3 * PART_BYTES + 12_345);
const allParts = Array.from({ length: PARTS }, (_, index) => index + 1);

let server: S3Server;
let proxy: FaultProxy;
let home: string;
/** Each test writes below a prefix of its own, in which it finds nothing but its own. */
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
  writeFileSync(join(home, 'small'), small);
  writeFileSync(join(home, 'large'), large);
  if (!isLeftOut) proxy.forget();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const bytesOf = { small, large };
const key = 'reports/march';
const open = (tuning?: Partial<S3Tuning>) =>
  openStore(server.connection({ endpoint: proxy.endpoint, prefix }), secretsOf(server), home, tuning);
const put = (what: 'small' | 'large', options: { tuning?: Partial<S3Tuning>; signal?: AbortSignal } = {}) =>
  open(options.tuning).putFile(key, join(home, what), {
    sha256: sha256Of(bytesOf[what]),
    signal: options.signal ?? never,
  });
const storedAt = () => join(server.folder, server.bucket, prefix, key);
/** Another computer, which does not go through the proxy. */
const storeByOther = async (bytes: Uint8Array): Promise<null> => {
  const path = join(home, 'other');
  writeFileSync(path, bytes);
  const direct = openStore(server.connection({ prefix }), secretsOf(server), join(home, 'elsewhere'));
  await direct.putFile(key, path, { sha256: sha256Of(bytes), signal: never });
  return null;
};
const multipartFolder = () => join(server.folder, server.bucket, '.sgwtmp', 'multipart');
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
/** One whole object, the file's, and nothing half done on either side. */
const expectStored = (bytes: Buffer) => {
  expect(readdirSync(dirname(storedAt()))).toEqual(['march']);
  expect(readFileSync(storedAt()).equals(bytes)).toBe(true);
  expect(namesIn(multipartFolder())).toEqual([]);
  expect(namesIn(join(home, 'uploads'))).toEqual([]);
};
const first =
  (operation: string, fault: Fault) =>
  (exchange: Exchange): Fault | null =>
    exchange.operation === operation && exchange.before === 0 ? fault : null;
const firstOfPart =
  (partNumber: number, fault: Fault) =>
  ({ partNumber: number }: Exchange): Fault | null => {
    if (number !== partNumber) return null;
    const tries = proxy.log.filter((exchange) => exchange.partNumber === partNumber).length;
    return tries === 1 ? fault : null;
  };

/** What passes if one waits a little. */
const PASSING: readonly [string, Fault][] = [
  ['500', s3ErrorReply(500, 'InternalError')],
  ['503 without a word', { kind: 'reply', status: 503 }],
  ['SlowDown', s3ErrorReply(503, 'SlowDown')],
  ['a connection cut at the first byte', { kind: 'drop', afterBytes: 0 }],
  ['a connection cut in the middle', { kind: 'drop', afterBytes: 100_000 }],
  ['an answer that is lost', { kind: 'swallow' }],
  ['a stall', { kind: 'hold' }],
  ['a byte changed on the way', { kind: 'corrupt', at: 54_321 }],
];
const QUICK = { timeouts: { connectMs: 5_000, idleMs: 1_000 } };

describe.skipIf(isLeftOut)('a fault that passes', () => {
  it.each(PASSING)('in a part: %s', async (_, fault) => {
    proxy.fault = firstOfPart(2, fault);
    await put('large', { tuning: QUICK });
    expectStored(large);
    // At most one part is sent again; none when it had arrived.
    expect(proxy.count('UploadPart')).toBe(fault.kind === 'swallow' ? PARTS : PARTS + 1);
    expect(proxy.count('CreateMultipartUpload')).toBe(1);
    expect(proxy.count('CompleteMultipartUpload')).toBe(1);
  });

  it.each(PASSING.filter(([, { kind }]) => kind !== 'corrupt'))('at the end: %s', async (_, fault) => {
    // The list of parts is short.
    proxy.fault = first(
      'CompleteMultipartUpload',
      fault.kind === 'drop' ? { ...fault, afterBytes: 0 } : fault,
    );
    await put('large', { tuning: QUICK });
    expectStored(large);
    expect(proxy.partsSent()).toEqual(allParts);
    expect(proxy.count('UploadPart')).toBe(PARTS);
  });

  it('at the end: 200 with an error in the body', async () => {
    const body = '<?xml version="1.0" encoding="UTF-8"?>\n\n<Error><Code>InternalError</Code></Error>';
    proxy.fault = first('CompleteMultipartUpload', { kind: 'reply', status: 200, body });
    await put('large');
    expectStored(large);
    expect(proxy.count('CompleteMultipartUpload')).toBe(2);
    expect(proxy.count('UploadPart')).toBe(PARTS);
  });

  it.each(PASSING)('in a small object: %s', async (_, fault) => {
    proxy.fault = first('PutObject', fault);
    await put('small', { tuning: QUICK });
    expectStored(small);
    expect(proxy.count('PutObject') + proxy.count('UploadPart')).toBeLessThanOrEqual(2);
  });

  it.each(['CreateMultipartUpload', 'HeadObject'])('in %s', async (operation) => {
    for (const [, fault] of PASSING.filter(([, { kind }]) => kind === 'reply' || kind === 'hold')) {
      proxy.forget();
      proxy.fault = first(operation, fault);
      await put('large', { tuning: QUICK });
      expect(readFileSync(storedAt()).equals(large)).toBe(true);
      rmSync(storedAt());
    }
  });

  it('in a download: it goes on from where it broke off', async () => {
    await put('large');
    proxy.forget();
    proxy.fault = first('GetObject', { kind: 'cut', afterBytes: PART_BYTES });
    expect(readFileSync(await open().localPath(key)).equals(large)).toBe(true);
    const ranges = proxy.log
      .filter(({ operation }) => operation === 'GetObject')
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(Number(/\d+/.exec(ranges[1] ?? '')?.[0])).toBeGreaterThan(PART_BYTES / 2);
  });

  it('the server stops in mid upload and comes back', async () => {
    const patience = { attempts: 100, firstMs: 10, longestMs: 200, totalMs: 120_000 };
    let isDown = false;
    proxy.fault = ({ operation, before }) => {
      if (operation !== 'UploadPart' || before !== 2 || isDown) return null;
      isDown = true;
      void server.restart();
      return { kind: 'drop', afterBytes: 0 };
    };
    await put('large', { tuning: { patience, parallelParts: 2 } });
    expectStored(large);
    expect(proxy.partsSent()).toEqual(allParts);
  });
});

describe.skipIf(isLeftOut)('a fault that stays', () => {
  const patience = { attempts: 4, firstMs: 5, longestMs: 20, totalMs: 60_000 };
  it.each([
    ['s3.slow_down', s3ErrorReply(503, 'SlowDown')],
    ['s3.unavailable', s3ErrorReply(500, 'InternalError')],
    ['s3.connection_lost', { kind: 'drop', afterBytes: 10 }],
    ['s3.corrupted', { kind: 'corrupt', at: 10 }],
  ] satisfies [string, Fault][])(
    'ends with %s after so many tries, and the upload goes on later',
    async (code, fault) => {
      proxy.fault = ({ partNumber }) => (partNumber === 3 ? fault : null);
      await expect(put('large', { tuning: { patience, parallelParts: 1 } })).rejects.toEqual(failure(code));
      const tries = proxy.log.filter(({ partNumber }) => partNumber === 3).length;
      expect(tries).toBe(patience.attempts);
      expect(proxy.partsSent()).toEqual([1, 2]);
      proxy.forget();
      await put('large');
      expect(proxy.partsSent()).toEqual([3, 4]);
      expectStored(large);
    },
  );

  it('gives up when the time is over, however many tries are left', async () => {
    proxy.fault = ({ operation }) => (operation === 'PutObject' ? { kind: 'reply', status: 500 } : null);
    const startedAtMs = performance.now();
    const hasty = { attempts: 1_000_000, firstMs: 10, longestMs: 50, totalMs: 300 };
    await expect(put('small', { tuning: { patience: hasty } })).rejects.toEqual(failure('s3.unavailable'));
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
    expect(proxy.count('PutObject')).toBeLessThan(100);
  });

  it.each([
    ['s3.token_expired', 400, 'ExpiredToken'],
    ['s3.wrong_key_id', 403, 'InvalidAccessKeyId'],
    ['s3.wrong_secret', 403, 'SignatureDoesNotMatch'],
    ['s3.no_right', 403, 'AccessDenied'],
    ['s3.no_such_bucket', 404, 'NoSuchBucket'],
  ])(
    '%s in mid upload is believed at once; the same upload goes on after the sign-in',
    async (code, status, name) => {
      proxy.fault = ({ operation, before }) =>
        operation === 'UploadPart' && before >= 2 ? s3ErrorReply(status, name) : null;
      await expect(put('large', { tuning: { parallelParts: 1 } })).rejects.toMatchObject({
        code,
        retryable: false,
      });
      expect(proxy.count('UploadPart')).toBe(3);
      proxy.forget();
      await put('large');
      expect(proxy.partsSent()).toEqual([3, 4]);
      expect(proxy.count('CreateMultipartUpload')).toBe(0);
      expectStored(large);
    },
  );

  it('is named even when the server breaks the connection instead of reading the body', async () => {
    proxy.fault = ({ operation, before }) => {
      if (operation === 'UploadPart' && before >= 1) return { kind: 'drop', afterBytes: 0 };
      return operation === 'ListParts' ? s3ErrorReply(400, 'ExpiredToken') : null;
    };
    await expect(put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.token_expired'));
    expect(proxy.count('UploadPart')).toBe(2);
    proxy.forget();
    proxy.fault = ({ operation }) => {
      if (operation === 'PutObject') return { kind: 'drop', afterBytes: 0 };
      return operation === 'CreateMultipartUpload' ? s3ErrorReply(403, 'AccessDenied') : null;
    };
    await expect(put('small')).rejects.toEqual(failure('s3.no_right'));
    expect(proxy.count('PutObject')).toBe(1);
  });
});

describe.skipIf(isLeftOut)('an upload', () => {
  it('that the bucket’s own rule ended begins anew', async () => {
    proxy.fault = ({ operation, before }) =>
      operation === 'UploadPart' && before >= 2 ? s3ErrorReply(403, 'AccessDenied') : null;
    await expect(put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    rmSync(multipartFolder(), { recursive: true });
    proxy.forget();
    await put('large');
    expect(proxy.partsSent()).toEqual(allParts);
    expectStored(large);
  });

  it('that ends so while it runs begins anew', async () => {
    proxy.fault = ({ operation, before }) => {
      if (operation === 'UploadPart' && before === 2) rmSync(multipartFolder(), { recursive: true });
      return null;
    };
    await put('large', { tuning: { parallelParts: 1 } });
    expect(proxy.count('CreateMultipartUpload')).toBe(2);
    expectStored(large);
  });

  it('whose parts vanish before the end begins anew, and not for ever', async () => {
    proxy.fault = first('CompleteMultipartUpload', s3ErrorReply(400, 'InvalidPart'));
    await put('large');
    expectStored(large);
    rmSync(storedAt());
    proxy.forget();
    proxy.fault = ({ operation }) =>
      operation === 'CompleteMultipartUpload' ? s3ErrorReply(404, 'NoSuchUpload') : null;
    await expect(put('large')).rejects.toEqual(failure('s3.upload_gone'));
    expect(proxy.count('CompleteMultipartUpload')).toBe(3);
    expect(namesIn(multipartFolder())).toEqual([]);
  });

  it('stops at once when it is cancelled, and goes on later', async () => {
    const controller = new AbortController();
    proxy.fault = ({ operation, before }) =>
      operation === 'UploadPart' && before >= 2 ? { kind: 'hold' } : null;
    const upload = put('large', { tuning: { parallelParts: 2 }, signal: controller.signal });
    const settled = upload.catch((error: unknown) => error);
    await proxy.until((log) => log.filter(({ operation }) => operation === 'UploadPart').length === 4);
    controller.abort();
    expect(await settled).toEqual(failure('app.cancelled'));
    proxy.forget();
    await put('large');
    expect(proxy.partsSent()).toEqual([3, 4]);
    expectStored(large);
  });

  it('with other parts than before begins anew and leaves nothing of the old', async () => {
    proxy.fault = ({ partNumber }) => (partNumber === 3 ? s3ErrorReply(403, 'AccessDenied') : null);
    await expect(put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    proxy.forget();
    await put('large', { tuning: { partBytes: 2 * PART_BYTES } });
    expect(proxy.partsSent()).toEqual([1, 2]);
    expectStored(large);
  });

  it('sends a part again whose bytes on the server are others', async () => {
    proxy.fault = ({ partNumber }) => (partNumber === 4 ? s3ErrorReply(403, 'AccessDenied') : null);
    await expect(put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    // The same upload of a file that was changed in its second part and announced as what it is not.
    const changed = Buffer.from(large);
    changed[PART_BYTES + 1] = (changed[PART_BYTES + 1] ?? 0) ^ 1;
    writeFileSync(join(home, 'large'), changed);
    proxy.forget();
    await expect(put('large')).rejects.toEqual(failure('objects.altered'));
    expect(proxy.partsSent()).toEqual([2, 4]);
    expect(namesIn(multipartFolder())).toEqual([]);
    expect(namesIn(join(home, 'uploads'))).toEqual([]);
  });
});

describe.skipIf(isLeftOut)('an object that appears meanwhile', () => {
  const cases = [
    ['small', 'PutObject'],
    ['large', 'CompleteMultipartUpload'],
  ] as const;

  it.each(cases)('is kept when it is equal (%s)', async (what, operation) => {
    proxy.fault = (exchange) => (exchange.operation === operation ? storeByOther(bytesOf[what]) : null);
    await put(what);
    expectStored(bytesOf[what]);
    expect(proxy.count(operation)).toBe(1);
  });

  it.each(cases)('is never overwritten when it is another (%s)', async (what, operation) => {
    const other = Buffer.from('other');
    proxy.fault = (exchange) => (exchange.operation === operation ? storeByOther(other) : null);
    await expect(put(what)).rejects.toEqual(failure('objects.exists'));
    expectStored(other);
  });

  it.each(cases)(
    'servers that refuse the condition are written to without it (%s)',
    async (what, operation) => {
      proxy.fault = ({ headers }) =>
        headers['if-none-match'] === undefined ? null : s3ErrorReply(501, 'NotImplemented');
      const store = open();
      const options = { sha256: sha256Of(bytesOf[what]), signal: never };
      await store.putFile(key, join(home, what), options);
      expectStored(bytesOf[what]);
      await store.putFile('reports/again', join(home, what), options);
      expect(proxy.count(operation)).toBe(3);
    },
  );

  it('servers that refuse more than the condition are named', async () => {
    proxy.fault = ({ operation }) => (operation === 'PutObject' ? s3ErrorReply(501, 'NotImplemented') : null);
    await expect(put('small')).rejects.toEqual(failure('s3.checksum_refused'));
  });
});

describe.skipIf(isLeftOut)('answers that nobody should follow or believe', () => {
  it('sends nothing to the address of a redirect', async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      const address = elsewhere.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      for (const status of [301, 302, 307, 308]) {
        const location = `http://127.0.0.1:${port}/sales/x`;
        proxy.fault = () => ({ kind: 'reply', status, headers: { location } });
        await expect(put('small')).rejects.toEqual(failure('s3.redirected'));
      }
      expect(asked).toBe(0);
    } finally {
      elsewhere.close();
    }
  });

  it.each(['small', 'large'] as const)(
    'does not believe a server that says yes to everything (%s)',
    async (what) => {
      proxy.fault = ({ operation }) =>
        operation.startsWith('Head') || operation === 'ListObjectsV2'
          ? null
          : { kind: 'reply', status: 200, body: '<html/>' };
      await expect(put(what)).rejects.toEqual(failure('s3.not_s3'));
    },
  );

  it('does not believe an object that it cannot see', async () => {
    proxy.fault = ({ operation }) =>
      operation === 'PutObject' ? { kind: 'reply', status: 200, headers: { etag: '"x"' } } : null;
    await expect(put('small')).rejects.toEqual(failure('s3.not_confirmed'));
  });
});

describe.skipIf(isLeftOut)('any faults, in any order', () => {
  it('end in the whole object or in a named error, after which the upload can be finished', async () => {
    const anyFault = fc.constantFrom<Fault | null>(
      null,
      null,
      s3ErrorReply(500, 'InternalError'),
      s3ErrorReply(503, 'SlowDown'),
      s3ErrorReply(400, 'ExpiredToken'),
      { kind: 'drop', afterBytes: 0 },
      { kind: 'drop', afterBytes: PART_BYTES / 2 },
      { kind: 'swallow' },
      { kind: 'corrupt', at: 7 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('small' as const, 'large' as const),
        fc.array(anyFault, { minLength: 1, maxLength: 25 }),
        async (what, faults) => {
          proxy.forget();
          prefix = randomName();
          let next = 0;
          proxy.fault = () => faults[next++] ?? null;
          const code = await put(what).then(
            () => 's3.none',
            (error: unknown) => (error instanceof AppError ? error.code : String(error)),
          );
          expect(code).toMatch(/^s3\./);
          proxy.forget();
          await put(what);
          expect(proxy.count('UploadPart')).toBeLessThanOrEqual(PARTS);
          expectStored(bytesOf[what]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
