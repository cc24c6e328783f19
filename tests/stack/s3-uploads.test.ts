import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure, never, sha256Of } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { s3ErrorReply, type Fault } from '../support/fault-proxy.ts';
import { randomName } from '../support/s3-server.ts';
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

describe.skipIf(isLeftOut)('the requests of an upload', () => {
  it('are a look, the object and a look; one look when it is there', async () => {
    await s3.put('small');
    expect(s3.proxy.log.map(({ operation }) => operation)).toEqual(['HeadObject', 'PutObject', 'HeadObject']);
    s3.proxy.forget();
    await s3.put('small');
    expect(s3.proxy.log.map(({ operation }) => operation)).toEqual(['HeadObject']);
  });
});

describe.skipIf(isLeftOut)('an upload', () => {
  it('that the bucket’s own rule ended begins anew', async () => {
    s3.proxy.fault = ({ operation, before }) =>
      operation === 'UploadPart' && before >= 2 ? s3ErrorReply(403, 'AccessDenied') : null;
    await expect(s3.put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    rmSync(s3.multipartFolder, { recursive: true });
    s3.proxy.forget();
    await s3.put('large');
    expect(s3.proxy.partsSent()).toEqual(allParts);
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
  });

  it('that ends so while it runs begins anew', async () => {
    s3.proxy.fault = ({ operation, before }) => {
      if (operation === 'UploadPart' && before === 2) rmSync(s3.multipartFolder, { recursive: true });
      return null;
    };
    await s3.put('large', { tuning: { parallelParts: 1 } });
    expect(s3.proxy.count('CreateMultipartUpload')).toBe(2);
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
  });

  it('whose parts vanish before the end begins anew, and not for ever', async () => {
    s3.proxy.fault = first('CompleteMultipartUpload', s3ErrorReply(400, 'InvalidPart'));
    await s3.put('large');
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
    rmSync(s3.storedAt);
    s3.proxy.forget();
    s3.proxy.fault = ({ operation }) =>
      operation === 'CompleteMultipartUpload' ? s3ErrorReply(404, 'NoSuchUpload') : null;
    await expect(s3.put('large')).rejects.toEqual(failure('s3.upload_gone'));
    expect(s3.proxy.count('CompleteMultipartUpload')).toBe(3);
    expect(s3.rests()).toEqual([]);
  });

  it('stops at once when it is cancelled, and goes on later', async () => {
    const controller = new AbortController();
    s3.proxy.fault = ({ operation, before }) =>
      operation === 'UploadPart' && before >= 2 ? { kind: 'hold' } : null;
    const upload = s3.put('large', { tuning: { parallelParts: 2 }, signal: controller.signal });
    const settled = upload.catch((error: unknown) => error);
    await s3.proxy.until((log) => log.filter(({ operation }) => operation === 'UploadPart').length === 4);
    controller.abort();
    expect(await settled).toEqual(failure('app.cancelled'));
    s3.proxy.forget();
    await s3.put('large');
    expect(s3.proxy.partsSent()).toEqual([3, 4]);
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
  });

  it('with other parts than before begins anew and leaves nothing of the old', async () => {
    s3.proxy.fault = ({ partNumber }) => (partNumber === 3 ? s3ErrorReply(403, 'AccessDenied') : null);
    await expect(s3.put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    s3.proxy.forget();
    await s3.put('large', { tuning: { partBytes: 2 * PART_BYTES } });
    expect(s3.proxy.partsSent()).toEqual([1, 2]);
    expect(s3.standing(bytesOf.large)).toEqual(WHOLE);
  });

  it('sends a part again whose bytes on the server are others', async () => {
    s3.proxy.fault = ({ partNumber }) => (partNumber === 4 ? s3ErrorReply(403, 'AccessDenied') : null);
    await expect(s3.put('large', { tuning: { parallelParts: 1 } })).rejects.toEqual(failure('s3.no_right'));
    // The same upload of a file that was changed in its second part and announced as what it is not.
    const changed = Buffer.from(bytesOf.large);
    changed[PART_BYTES + 1] = (changed[PART_BYTES + 1] ?? 0) ^ 1;
    writeFileSync(join(s3.home, 'large'), changed);
    s3.proxy.forget();
    await expect(s3.put('large')).rejects.toEqual(failure('objects.altered'));
    expect(s3.proxy.partsSent()).toEqual([2, 4]);
    expect(s3.rests()).toEqual([]);
  });
});

describe.skipIf(isLeftOut)('an object that appears meanwhile', () => {
  const cases = [
    ['small', 'PutObject'],
    ['large', 'CompleteMultipartUpload'],
  ] as const;

  it.each(cases)('is kept when it is equal (%s)', async (what, operation) => {
    s3.proxy.fault = (exchange) => (exchange.operation === operation ? s3.storeByOther(bytesOf[what]) : null);
    await s3.put(what);
    expect(s3.standing(bytesOf[what])).toEqual(WHOLE);
    expect(s3.proxy.count(operation)).toBe(1);
  });

  it.each(cases)('is never overwritten when it is another (%s)', async (what, operation) => {
    const other = Buffer.from('other');
    s3.proxy.fault = (exchange) => (exchange.operation === operation ? s3.storeByOther(other) : null);
    await expect(s3.put(what)).rejects.toEqual(failure('objects.exists'));
    expect(s3.standing(other)).toEqual(WHOLE);
  });

  it.each(cases)(
    'servers that refuse the condition are written to without it (%s)',
    async (what, operation) => {
      s3.proxy.fault = ({ headers }) =>
        headers['if-none-match'] === undefined ? null : s3ErrorReply(501, 'NotImplemented');
      const store = s3.open();
      const options = { sha256: sha256Of(bytesOf[what]), signal: never };
      await store.putFile(s3.key, join(s3.home, what), options);
      expect(s3.standing(bytesOf[what])).toEqual(WHOLE);
      await store.putFile('reports/again', join(s3.home, what), options);
      expect(s3.proxy.count(operation)).toBe(3);
    },
  );

  it('servers that refuse more than the condition are named', async () => {
    s3.proxy.fault = ({ operation }) =>
      operation === 'PutObject' ? s3ErrorReply(501, 'NotImplemented') : null;
    await expect(s3.put('small')).rejects.toEqual(failure('s3.checksum_refused'));
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
        s3.proxy.fault = () => ({ kind: 'reply', status, headers: { location } });
        await expect(s3.put('small')).rejects.toEqual(failure('s3.redirected'));
      }
      expect(asked).toBe(0);
    } finally {
      elsewhere.close();
    }
  });

  it.each(['small', 'large'] as const)(
    'does not believe a server that says yes to everything (%s)',
    async (what) => {
      s3.proxy.fault = ({ operation }) =>
        operation.startsWith('Head') || operation === 'ListObjectsV2'
          ? null
          : { kind: 'reply', status: 200, body: '<html/>' };
      await expect(s3.put(what)).rejects.toEqual(failure('s3.not_s3'));
    },
  );

  it('does not believe an object that it cannot see', async () => {
    s3.proxy.fault = ({ operation }) =>
      operation === 'PutObject' ? { kind: 'reply', status: 200, headers: { etag: '"x"' } } : null;
    await expect(s3.put('small')).rejects.toEqual(failure('s3.not_confirmed'));
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
          s3.proxy.forget();
          s3.prefix = randomName();
          let next = 0;
          s3.proxy.fault = () => faults[next++] ?? null;
          const code = await s3.put(what).then(
            () => 's3.none',
            (error: unknown) => (error instanceof AppError ? error.code : String(error)),
          );
          expect(code).toMatch(/^s3\./);
          s3.proxy.forget();
          await s3.put(what);
          expect(s3.proxy.count('UploadPart')).toBeLessThanOrEqual(PARTS);
          // An upload whose id got lost on the way is known to the server alone.
          s3.age(2);
          await s3.open().sweep();
          expect(s3.standing(bytesOf[what])).toEqual(WHOLE);
        },
      ),
      { numRuns: 20 },
    );
  });
});
