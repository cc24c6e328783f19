import { afterEach, describe, expect, it } from 'vitest';
import type { Overrides } from '../../scripts/stack/druid-config.mts';
import type { EngineProcess } from '../fault/engine-process.fixture.ts';
import { expectWhole, FaultBed, jobOf, PATIENCE, untilDone } from './faults.fixture.ts';
import { sales } from './sales.fixture.ts';

const MARCH = sales('2024-03', 'Kisumu', 5);

/** The Coordinator, which reads what a task is to do, and the Indexer, which does it. */
const BOTH = ['coordinator', 'indexer'] as const;

const NO_REGION: Overrides = {
  env: { AWS_REGION: undefined },
  properties: {
    'druid.s3.endpoint.url': undefined,
    'druid.s3.endpoint.signingRegion': undefined,
    // With its own storage in S3, a service without a region does not even start.
    'druid.storage.type': 'local',
  },
};
const NO_EXTENSION: Overrides = {
  extensions: ['postgresql-metadata-storage', 'druid-datasketches'],
  // Without it, Druid's own storage cannot be there either.
  properties: { 'druid.storage.type': 'local' },
};
const NO_KEYS: Overrides = {
  properties: { 'druid.s3.accessKey': undefined, 'druid.s3.secretKey': undefined },
};
const WRONG_STORAGE: Overrides = { properties: { 'druid.storage.bucket': 'none-of-that-name' } };

describe('a cluster that is set up wrong', () => {
  const bed = new FaultBed();
  const changed = new Set<(typeof BOTH)[number]>();

  async function configure(services: readonly (typeof BOTH)[number][], overrides: Overrides): Promise<void> {
    for (const service of services) {
      changed.add(service);
      await bed.stack.stop(service);
    }
    for (const service of services) await bed.stack.start(service, overrides);
    for (const service of services) await bed.stack.waitHealthy(service);
  }

  /** As it was before. */
  async function mend(): Promise<void> {
    for (const service of changed) await bed.stack.stop(service);
    changed.clear();
    await bed.bringBack();
  }
  afterEach(mend);

  const testDruid = async ({ client }: EngineProcess) =>
    (await client.call('connections.test', { target: 'druid' })).steps.filter(
      ({ state }) => state === 'failed',
    );
  const doctorOnDruid = async ({ client }: EngineProcess) =>
    (await client.call('app.doctor', {})).checks.filter(
      ({ name, status }) => name.startsWith('Druid') && status === 'failed',
    );

  it.each([
    ['without a region', BOTH, NO_REGION, 'druid.s3_no_region', /AWS_REGION/],
    [
      'without its S3 extension',
      BOTH,
      NO_EXTENSION,
      'druid.s3_extension_missing',
      /druid\.extensions\.loadList/,
    ],
    ['without keys', BOTH, NO_KEYS, 'druid.s3_no_credentials', /druid\.s3\.accessKey/],
    ['with a wrong bucket of its own', BOTH, WRONG_STORAGE, 'druid.deep_storage', /druid\.storage\.bucket/],
  ] as const)(
    'Druid %s: named by the test and the doctor, and an import waits until it is mended',
    async (_, services, overrides, code, remedy) => {
      await configure(services, overrides);
      const app = bed.start();
      const failed = await testDruid(app);
      expect(failed).toMatchObject([{ error: { code } }]);
      expect(JSON.stringify(failed)).not.toContain(bed.info.s3.secretAccessKey);
      expect(await doctorOnDruid(app)).toMatchObject([{ remedy: expect.stringMatching(remedy) }]);

      const jobId = await bed.drop(app, 'march.csv', MARCH);
      await expect.poll(async () => (await jobOf(app, jobId)).error?.code, PATIENCE).toBe(code);
      await mend();
      if ((await jobOf(app, jobId)).state === 'failed') await app.client.call('jobs.retry', { jobId });
      await untilDone(app, jobId);
      await expectWhole(app, jobId, [MARCH]);
    },
  );
});
