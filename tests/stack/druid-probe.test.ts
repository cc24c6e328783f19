import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Connections, DruidConnection, S3Connection } from '#shared/domain/connections';
import { createDruidProbe } from '../../src/main/adapters/druid/druid-probe.ts';
import {
  druidConnectionOf,
  druidClientOf,
  s3ClientOf,
  s3ConnectionOf,
  stackServers,
} from './stack-servers.fixture.ts';

const never = new AbortController().signal;
const servers = stackServers();
const s3 = s3ClientOf(servers);
const client = druidClientOf(servers);

const at = (key: string) => ({ Bucket: servers.s3.bucket, Key: `druid-tests/${key}` });
const probe = createDruidProbe({
  loadTimeoutMs: 300_000,
  objects: () => ({
    put: async (key, bytes) => void (await s3.send(new PutObjectCommand({ ...at(key), Body: bytes }))),
    remove: async (key) => void (await s3.send(new DeleteObjectCommand(at(key)))),
  }),
});

const connectionsOf = (
  druid: Partial<DruidConnection> = {},
  objectStore: Partial<S3Connection> = {},
): Connections => ({
  version: 1,
  s3: { ...s3ConnectionOf(servers), ...objectStore },
  druid: { ...druidConnectionOf(servers, 'unused'), ...druid },
  postgres: null,
  figuresFrom: 'druid',
});
const secrets = { 's3.secretAccessKey': servers.s3.secretAccessKey };

afterAll(() => s3.destroy());

async function leftovers() {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: servers.s3.bucket, Prefix: 'druid-tests/probe/' }),
  );
  const datasources = await client.coordinator.get(
    '/druid/coordinator/v1/metadata/datasources',
    z.array(z.string()),
  );
  return [
    ...Contents.map(({ Key }) => Key),
    ...datasources.filter((name) => name.startsWith('mauzo_probe_')),
  ];
}

describe('the test of a Druid connection', () => {
  it.each([
    ['the configuration of the cluster', connectionsOf()],
    ['keys in each task', connectionsOf({ s3Credentials: 'task' })],
    ['an address of its own', connectionsOf({ s3Endpoint: servers.s3.endpoint })],
  ])('loads a row through %s, and takes everything away again', async (_, connections) => {
    const steps = await probe.test({ connections, secrets }, never);
    expect(steps.map(({ name, state, error }) => [name, state, error?.code ?? null])).toEqual([
      ['Reach the Coordinator', 'ok', null],
      ['Reach the Broker', 'ok', null],
      ['Look for servers that hold data', 'ok', null],
      ['Tell a blank from zero', 'ok', null],
      ['Look for a free place for a task', 'ok', null],
      ['Put a row into the object store', 'ok', null],
      ['Load the row into Druid', 'ok', null],
      ['Ask for the row', 'ok', null],
      ['Take it away again', 'ok', null],
    ]);
    expect(await leftovers()).toEqual([]);
  });

  const task = { s3Credentials: 'task' } as const;
  it.each<[what: string, connections: Connections, given: typeof secrets, code: string]>([
    ['secret', connectionsOf(task), { 's3.secretAccessKey': 'another' }, 'druid.s3_wrong_secret'],
    ['key', connectionsOf(task, { accessKeyId: 'nobody' }), secrets, 'druid.s3_unknown_key'],
    ['region', connectionsOf(task, { region: 'eu-west-3' }), secrets, 'druid.s3_wrong_region'],
    [
      'bucket',
      connectionsOf(task, { bucket: `none-${randomBytes(4).toString('hex')}` }),
      secrets,
      'druid.s3_no_bucket',
    ],
    ['folder', connectionsOf(task, { prefix: 'elsewhere' }), secrets, 'druid.s3_no_object'],
    ['form of address', connectionsOf(task, { pathStyle: false }), secrets, 'druid.s3_no_path_style'],
    [
      'scheme',
      connectionsOf({ ...task, s3Endpoint: servers.s3.endpoint.replace('http:', 'https:') }),
      secrets,
      'druid.s3_wrong_scheme',
    ],
    ['port', connectionsOf({ ...task, s3Endpoint: 'http://localhost:2' }), secrets, 'druid.s3_unreachable'],
    [
      'host',
      connectionsOf({ ...task, s3Endpoint: 'http://nowhere.invalid' }),
      secrets,
      'druid.s3_unreachable',
    ],
    [
      'host, with Druid’s own keys',
      connectionsOf({ s3Endpoint: 'http://nowhere.invalid' }),
      secrets,
      'druid.s3_unreachable',
    ],
  ])('names a wrong %s of the object store', async (_, connections, given, code) => {
    const steps = await probe.test({ connections, secrets: given }, never);
    expect(steps.filter(({ state }) => state === 'failed')).toMatchObject([
      { name: 'Load the row into Druid', error: { code } },
    ]);
    expect(JSON.stringify(steps)).not.toContain(servers.s3.secretAccessKey);
    expect(await leftovers()).toEqual([]);
  });

  it.each([
    [{ coordinatorUrl: 'http://127.0.0.1:2' }, 'Reach the Coordinator', 'druid.unreachable'],
    [{ brokerUrl: 'http://127.0.0.1:2' }, 'Reach the Broker', 'druid.unreachable'],
    [{ coordinatorUrl: servers.s3.endpoint }, 'Reach the Coordinator', 'druid.not_druid'],
    [
      { brokerUrl: servers.druid.brokerUrl.replace('http:', 'https:') },
      'Reach the Broker',
      'druid.wrong_scheme',
    ],
    [{ brokerUrl: servers.druid.coordinatorUrl }, 'Look for servers that hold data', 'druid.no_sql'],
  ])('names the wrong address %j', async (wrong, name, code) => {
    const steps = await probe.test({ connections: connectionsOf(wrong), secrets }, never);
    expect(steps.at(-1)).toMatchObject({ name, state: 'failed', error: { code } });
  });

  it('a cancelled test also leaves nothing behind', async () => {
    const stop = new AbortController();
    const run = createDruidProbe({
      objects: () => ({
        put: async (key, bytes) => {
          await s3.send(new PutObjectCommand({ ...at(key), Body: bytes }));
          stop.abort();
        },
        remove: async (key) => void (await s3.send(new DeleteObjectCommand(at(key)))),
      }),
    });
    await expect(run.test({ connections: connectionsOf(), secrets }, stop.signal)).rejects.toMatchObject({
      code: 'app.cancelled',
    });
    expect(await leftovers()).toEqual([]);
  });

  it('looks at each service for its own line', async () => {
    expect(await probe.look({ connections: connectionsOf(), secrets }, never)).toMatchObject([
      { name: 'Druid Coordinator', state: 'ok', version: expect.stringMatching(/^\d+\./) },
      { name: 'Druid Broker', state: 'ok', version: expect.stringMatching(/^\d+\./) },
      { name: 'Druid Historicals', state: 'ok' },
      { name: 'Druid workers', state: 'ok' },
    ]);
    const half = connectionsOf({ brokerUrl: 'http://127.0.0.1:2' });
    expect(await probe.look({ connections: half, secrets }, never)).toMatchObject([
      { name: 'Druid Coordinator', state: 'ok' },
      { name: 'Druid Broker', state: 'failed', error: { code: 'druid.unreachable' } },
      { name: 'Druid Historicals', state: 'failed' },
      { name: 'Druid workers', state: 'ok' },
    ]);
  });
});
