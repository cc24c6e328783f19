import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openStack, status } from '../../scripts/stack/stack.mts';
import { testStack } from '../support/test-stack.ts';

const stack = testStack();

async function ask(url: string, body?: object): Promise<unknown> {
  const answer = await fetch(
    url,
    body && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    },
  );
  expect(answer.status, url).toBe(200);
  return answer.json();
}

const s3 = (options: { region?: string; secretAccessKey?: string }) =>
  new S3Client({
    endpoint: stack.s3.endpoint,
    forcePathStyle: true,
    region: options.region ?? stack.s3.region,
    credentials: {
      accessKeyId: stack.s3.accessKeyId,
      secretAccessKey: options.secretAccessKey ?? stack.s3.secretAccessKey,
    },
  });
const bucket = new HeadBucketCommand({ Bucket: stack.s3.bucket });

describe('the stack', () => {
  it('runs every service, and each does its work', async () => {
    const { services } = await status(stack.folder);
    expect(Object.fromEntries(services.map(({ service, state }) => [service, state]))).toEqual({
      s3: 'healthy',
      postgres: 'healthy',
      zookeeper: 'healthy',
      coordinator: 'healthy',
      broker: 'healthy',
      historical: 'healthy',
      indexer: 'healthy',
    });
    expect(Object.fromEntries(services.map(({ service, pid }) => [service, pid]))).toEqual(stack.pids);
  });

  it('is found again by its folder', () => {
    expect(openStack(stack.folder).info).toEqual(stack);
  });

  it('holds less memory than a laptop can spare', async () => {
    const { services } = await status(stack.folder);
    const residentBytes = services.map((service) => service.residentBytes);
    expect(Math.min(...residentBytes)).toBeGreaterThan(0);
    const total = residentBytes.reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeLessThan(6 * 1024 ** 3);
  });
});

describe('Druid', () => {
  it.each([
    ['coordinator', stack.druid.coordinatorUrl],
    ['broker', stack.druid.brokerUrl],
  ])('%s has the extensions that the app needs', async (_, url) => {
    const { modules } = z
      .object({ modules: z.array(z.object({ artifact: z.string().nullish() })) })
      .parse(await ask(`${url}/status`));
    expect(modules.map(({ artifact }) => artifact)).toEqual(
      expect.arrayContaining(['druid-s3-extensions', 'postgresql-metadata-storage', 'druid-datasketches']),
    );
  });

  it('answers SQL with parameters', async () => {
    const answer = await ask(`${stack.druid.brokerUrl}/druid/v2/sql`, {
      query: 'select ? + 1 as "sum"',
      parameters: [{ type: 'BIGINT', value: 41 }],
    });
    expect(answer).toEqual([{ sum: 42 }]);
  });

  it('has a region and an endpoint of S3, and hides the key', async () => {
    const properties = z
      .record(z.string(), z.string())
      .parse(await ask(`${stack.druid.coordinatorUrl}/status/properties`));
    expect(properties).toMatchObject({
      'druid.s3.endpoint.url': stack.s3.endpoint,
      'druid.s3.endpoint.signingRegion': stack.s3.region,
      'druid.storage.bucket': stack.s3.bucket,
    });
    expect(JSON.stringify(properties)).not.toContain(stack.s3.secretAccessKey);
  });

  it('has a worker with room for several tasks', async () => {
    const workers = z
      .array(z.object({ worker: z.object({ capacity: z.number() }) }))
      .parse(await ask(`${stack.druid.coordinatorUrl}/druid/indexer/v1/workers`));
    expect(workers.map(({ worker }) => worker.capacity)).toEqual([3]);
  });
});

describe('S3', () => {
  it('has the bucket', async () => {
    await expect(s3({}).send(bucket)).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('refuses another region and a wrong secret', async () => {
    await expect(s3({ region: 'eu-north-1' }).send(bucket)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
    await expect(s3({ secretAccessKey: 'wrong' }).send(bucket)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('PostgreSQL', () => {
  const connect = async (password: string) => {
    const { host, port, database, user } = stack.postgres;
    const client = new pg.Client({ host, port, database, user, password });
    await client.connect();
    return client;
  };

  it('has an empty database of ours beside Druid’s, in UTF-8', async () => {
    const client = await connect(stack.postgres.password);
    const { rows } = await client.query(
      'select datname, pg_encoding_to_char(encoding) as encoding from pg_database where datname = any($1)',
      [[stack.postgres.database, 'druid']],
    );
    await client.end();
    expect(rows).toEqual(
      expect.arrayContaining([
        { datname: stack.postgres.database, encoding: 'UTF8' },
        { datname: 'druid', encoding: 'UTF8' },
      ]),
    );
  });

  it('refuses a wrong password', async () => {
    await expect(connect('wrong')).rejects.toMatchObject({ code: '28P01' });
  });
});
