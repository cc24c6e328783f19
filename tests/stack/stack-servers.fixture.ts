import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { DruidConnection, S3Connection } from '#shared/domain/connections';
import { createDruidClient } from '../../src/main/adapters/druid/druid-client.ts';

const stackSchema = z.object({
  s3: z.object({
    endpoint: z.url(),
    region: z.string(),
    bucket: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  druid: z.object({ coordinatorUrl: z.url(), brokerUrl: z.url() }),
});
export type StackServers = z.infer<typeof stackSchema>;

/** The running stack that `MAUZO_TEST_STACK` names. */
export function stackServers(): StackServers {
  const path = process.env['MAUZO_TEST_STACK'];
  if (path === undefined)
    throw new Error(
      'Start the servers with `npm run stack -- up` and set MAUZO_TEST_STACK to their stack.json',
    );
  return stackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export const s3ConnectionOf = ({ s3 }: StackServers): S3Connection => ({
  endpoint: s3.endpoint,
  region: s3.region,
  bucket: s3.bucket,
  prefix: 'druid-tests',
  pathStyle: true,
  credentials: 'keys',
  accessKeyId: s3.accessKeyId,
  profile: null,
});

export const druidConnectionOf = ({ druid }: StackServers, datasource: string): DruidConnection => ({
  ...druid,
  datasource,
  username: null,
  s3Endpoint: null,
  s3Credentials: 'cluster',
  maxTasks: null,
});

/** Patient: the machine may be busy. */
export const druidClientOf = ({ druid }: StackServers) =>
  createDruidClient({ connection: { ...druid, username: null }, http: { timeoutMs: 120_000 } });

export function s3ClientOf({ s3 }: StackServers): S3Client {
  return new S3Client({
    region: s3.region,
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
}
