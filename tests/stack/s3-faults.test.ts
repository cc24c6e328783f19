import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failure } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import type { S3Tuning } from '../../src/main/adapters/s3/s3-object-store.ts';
import { s3ErrorReply, type Exchange, type Fault } from '../support/fault-proxy.ts';
import { PART_BYTES } from '../support/s3-store.ts';
import {
  bytesOf,
  first,
  isLeftOut,
  PARTS,
  UploadsBehindProxy,
  WHOLE,
} from '../support/uploads-behind-proxy.ts';

const s3 = new UploadsBehindProxy();
const allParts = Array.from({ length: PARTS }, (_, index) => index + 1);
const firstOfPart =
  (partNumber: number, fault: Fault) =>
  ({ partNumber: number }: Exchange): Fault | null => {
    if (number !== partNumber) return null;
    const tries = s3.proxy.log.filter((exchange) => exchange.partNumber === partNumber).length;
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
/** Only a stall needs to be noticed soon; elsewhere a busy machine must not look like one. */
const tuningFor = ({ kind }: Fault): Partial<S3Tuning> =>
  kind === 'hold' ? { timeouts: { connectMs: 30_000, idleMs: 3_000 } } : {};

describe.skipIf(isLeftOut)('a fault that passes', () => {
  it.each(PASSING)('in a part: %s', async (_, fault) => {
    s3.proxy.fault = firstOfPart(2, fault);
    await s3.put('large', { tuning: tuningFor(fault) });
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    // At most one part is sent again; none when it had arrived.
    expect(s3.proxy.count('UploadPart')).toBe(fault.kind === 'swallow' ? PARTS : PARTS + 1);
    expect(s3.proxy.count('CreateMultipartUpload')).toBe(1);
    expect(s3.proxy.count('CompleteMultipartUpload')).toBe(1);
  });

  it.each(PASSING.filter(([, { kind }]) => kind !== 'corrupt'))('at the end: %s', async (_, fault) => {
    // The list of parts is short.
    s3.proxy.fault = first(
      'CompleteMultipartUpload',
      fault.kind === 'drop' ? { ...fault, afterBytes: 0 } : fault,
    );
    await s3.put('large', { tuning: tuningFor(fault) });
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    expect(s3.proxy.partsSent()).toEqual(allParts);
    expect(s3.proxy.count('UploadPart')).toBe(PARTS);
  });

  it('at the end: 200 with an error in the body', async () => {
    const body = '<?xml version="1.0" encoding="UTF-8"?>\n\n<Error><Code>InternalError</Code></Error>';
    s3.proxy.fault = first('CompleteMultipartUpload', { kind: 'reply', status: 200, body });
    await s3.put('large');
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    expect(s3.proxy.count('CompleteMultipartUpload')).toBe(2);
    expect(s3.proxy.count('UploadPart')).toBe(PARTS);
  });

  it.each(PASSING)('in a small object: %s', async (_, fault) => {
    s3.proxy.fault = first('PutObject', fault);
    await s3.put('small', { tuning: tuningFor(fault) });
    expect(s3.standing(bytesOf.small)).toEqual(WHOLE);
    expect(s3.proxy.count('PutObject') + s3.proxy.count('UploadPart')).toBeLessThanOrEqual(2);
  });

  it.each(['CreateMultipartUpload', 'HeadObject'])('in %s', async (operation) => {
    for (const [, fault] of PASSING.filter(([, { kind }]) => kind === 'reply' || kind === 'hold')) {
      s3.proxy.forget();
      s3.proxy.fault = first(operation, fault);
      await s3.put('large', { tuning: tuningFor(fault) });
      expect(readFileSync(s3.storedAt).equals(bytesOf.large)).toBe(true);
      rmSync(s3.storedAt);
    }
  });

  it('in a download: it goes on from where it broke off', async () => {
    await s3.put('large');
    s3.proxy.forget();
    s3.proxy.fault = first('GetObject', { kind: 'cut', afterBytes: PART_BYTES });
    expect(readFileSync(await s3.open().localPath(s3.key)).equals(bytesOf.large)).toBe(true);
    const ranges = s3.proxy.log
      .filter(({ operation }) => operation === 'GetObject')
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(Number(/\d+/.exec(ranges[1] ?? '')?.[0])).toBeGreaterThan(PART_BYTES / 2);
  });

  it('the server stops in mid upload and comes back', async () => {
    const patience = { attempts: 100, firstMs: 10, longestMs: 200, totalMs: 120_000 };
    let isDown = false;
    s3.proxy.fault = ({ operation, before }) => {
      if (operation !== 'UploadPart' || before !== 2 || isDown) return null;
      isDown = true;
      void s3.server.restart();
      return { kind: 'drop', afterBytes: 0 };
    };
    await s3.put('large', { tuning: { patience, parallelParts: 2 } });
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    expect(s3.proxy.partsSent()).toEqual(allParts);
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
      s3.proxy.fault = ({ partNumber }) => (partNumber === 3 ? fault : null);
      await expect(s3.put('large', { tuning: { patience, parallelParts: 1 } })).rejects.toEqual(
        failure(code),
      );
      const tries = s3.proxy.log.filter(({ partNumber }) => partNumber === 3).length;
      expect(tries).toBe(patience.attempts);
      expect(s3.proxy.partsSent()).toEqual([1, 2]);
      s3.proxy.forget();
      await s3.put('large');
      expect(s3.proxy.partsSent()).toEqual([3, 4]);
      expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    },
  );

  it('gives up when the time is over, however many tries are left', async () => {
    s3.proxy.fault = ({ operation }) => (operation === 'PutObject' ? { kind: 'reply', status: 500 } : null);
    const startedAtMs = performance.now();
    const hasty = { attempts: 1_000_000, firstMs: 10, longestMs: 50, totalMs: 300 };
    await expect(s3.put('small', { tuning: { patience: hasty } })).rejects.toEqual(failure('s3.unavailable'));
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
    expect(s3.proxy.count('PutObject')).toBeLessThan(100);
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
      s3.proxy.fault = ({ operation, before }) =>
        operation === 'UploadPart' && before >= 2 ? s3ErrorReply(status, name) : null;
      await expect(s3.put('large', { tuning: { parallelParts: 1 } })).rejects.toMatchObject({
        code,
        retryable: false,
      });
      expect(s3.proxy.count('UploadPart')).toBe(3);
      s3.proxy.forget();
      await s3.put('large');
      expect(s3.proxy.partsSent()).toEqual([3, 4]);
      expect(s3.proxy.count('CreateMultipartUpload')).toBe(0);
      expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    },
  );

  it('is named even when the server breaks the connection instead of reading the body', async () => {
    s3.proxy.fault = ({ operation, before }) => {
      if (operation === 'UploadPart' && before >= 1) return { kind: 'drop', afterBytes: 0 };
      return operation === 'ListParts' ? s3ErrorReply(400, 'ExpiredToken') : null;
    };
    await expect(s3.put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(
      failure('s3.token_expired'),
    );
    expect(s3.proxy.count('UploadPart')).toBe(2);
    s3.proxy.forget();
    s3.proxy.fault = ({ operation }) => {
      if (operation === 'PutObject') return { kind: 'drop', afterBytes: 0 };
      return operation === 'CreateMultipartUpload' ? s3ErrorReply(403, 'AccessDenied') : null;
    };
    await expect(s3.put('small')).rejects.toEqual(failure('s3.no_right'));
    expect(s3.proxy.count('PutObject')).toBe(1);
  });
});
