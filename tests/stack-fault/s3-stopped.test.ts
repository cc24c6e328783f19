import { describe, expect, it } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { expectWhole, FaultBed, jobOf, PATIENCE, untilDone } from './faults.fixture.ts';
import { csvOf, sales } from './sales.fixture.ts';

/** Three parts of 8 MiB. */
const LARGE = sales('2024-03', 'Nairobi', 240_000);
const PART_BYTES = 8 * 1024 ** 2;

describe('an S3 server that is stopped in the middle of an upload', () => {
  const bed = new FaultBed();

  it('keeps the job waiting, which goes on with the parts that are missing', async () => {
    expect(Math.ceil(csvOf(LARGE).length / PART_BYTES)).toBe(3);
    const { port } = new URL(bed.info.s3.endpoint);
    const proxy = await startFaultProxy({ port: Number(port) });
    bed.atEnd(() => proxy.close());
    let partIsCut = false;
    let stopped: () => void = () => undefined;
    const whenStopped = new Promise<null>((resolve) => {
      stopped = () => resolve(null);
    });
    proxy.fault = ({ operation, before }) => {
      if (partIsCut) return whenStopped;
      // One part is there, the next one on its way.
      partIsCut = operation === 'UploadPart' && before === 1;
      return partIsCut ? { kind: 'drop', afterBytes: PART_BYTES / 2 } : null;
    };
    const app = bed.start({ MAUZO_S3_ENDPOINT: proxy.endpoint });
    const jobId = await bed.drop(app, 'march.csv', LARGE);
    await proxy.until((log) => log.some(({ bodyBytes }) => bodyBytes > PART_BYTES / 2));
    await expect.poll(() => partIsCut, PATIENCE).toBe(true);
    await bed.stack.stop('s3');
    stopped();
    await expect
      .poll(async () => (await jobOf(app, jobId)).waitingFor, PATIENCE)
      .toMatchObject({ connection: 's3', step: 'upload', error: { retryable: true } });
    proxy.fault = () => null;
    await bed.stack.start('s3');
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [LARGE]);
    // Each part arrived once, in one upload: nothing was begun anew.
    expect(proxy.partsSent()).toEqual([1, 2, 3]);
    const begun = proxy.log.filter(({ operation }) => operation === 'CreateMultipartUpload');
    expect(begun.filter(({ path }) => path.includes('/raw/'))).toHaveLength(1);
  });
});
