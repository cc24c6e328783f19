import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONNECTION_FIELDS,
  isLoopbackHost,
  optionOf,
  readConnection,
  secretVariableOf,
  variableOf,
} from './connection-fields.ts';
import {
  CONNECTION_KINDS,
  type ConnectionKind,
  type Connections,
  druidConnectionSchema,
  NO_CONNECTIONS,
  postgresConnectionSchema,
  s3ConnectionSchema,
} from './connections.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{2,20}$/);
const address = fc.stringMatching(/^https?:\/\/[a-z]{1,10}(:[1-9][0-9]{0,3})?$/);
const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const connections: fc.Arbitrary<Connections> = fc.record({
  version: fc.constant(1 as const),
  s3: fc.record({
    endpoint: nullable(address),
    region: name,
    bucket: name,
    prefix: fc.constantFrom('', 'a', 'a/b.c'),
    pathStyle: fc.boolean(),
    credentials: fc.constantFrom('keys', 'profile', 'environment'),
    accessKeyId: nullable(name),
    profile: nullable(name),
  }),
  druid: fc.record({
    coordinatorUrl: address,
    brokerUrl: address,
    datasource: name,
    username: nullable(name),
    s3Endpoint: nullable(address),
    s3Credentials: fc.constantFrom('cluster', 'task'),
    maxTasks: nullable(fc.integer({ min: 1, max: 100 })),
  }),
  postgres: fc.record({
    host: name,
    port: fc.integer({ min: 1, max: 65_535 }),
    database: name,
    schema: name,
    user: name,
    tls: fc.constantFrom('off', 'require', 'verify-full'),
    caFile: nullable(name),
  }),
  figuresFrom: fc.constant('local' as const),
});

const textsOf = (connection: object) =>
  Object.fromEntries(
    Object.entries(connection)
      // An empty prefix is written by leaving it out.
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, value === null ? null : String(value)]),
  );

describe('settings as text', () => {
  it('name each setting of each connection, and nothing else', () => {
    const schemas = {
      s3: s3ConnectionSchema,
      druid: druidConnectionSchema,
      postgres: postgresConnectionSchema,
    };
    for (const kind of CONNECTION_KINDS)
      expect(CONNECTION_FIELDS[kind].map(({ key }) => key).sort()).toEqual(
        Object.keys(schemas[kind].shape).sort(),
      );
  });

  it('give the connection that they were made of', () => {
    fc.assert(
      fc.property(connections, fc.constantFrom(...CONNECTION_KINDS), (all, kind) => {
        const texts = textsOf(all[kind] ?? {});
        const read = readConnection(NO_CONNECTIONS, kind, texts);
        expect(read.connections?.[kind]).toEqual(all[kind]);
      }),
    );
  });

  it('change what they name and leave the rest as it is', () => {
    fc.assert(
      fc.property(connections, address, (all, coordinatorUrl) => {
        const read = readConnection(all, 'druid', { coordinatorUrl, maxTasks: null });
        expect(read.connections).toEqual({
          ...all,
          druid: all.druid && { ...all.druid, coordinatorUrl, maxTasks: null },
        });
      }),
    );
  });

  it('fill in what is usual for a new connection', () => {
    const read = (kind: ConnectionKind, texts: Record<string, string>) =>
      readConnection(NO_CONNECTIONS, kind, texts).connections?.[kind];
    expect(read('s3', { bucket: 'sales' })).toEqual({
      endpoint: null,
      region: 'us-east-1',
      bucket: 'sales',
      prefix: '',
      pathStyle: false,
      credentials: 'environment',
      accessKeyId: null,
      profile: null,
    });
    expect(read('s3', { bucket: 'sales', endpoint: 'http://localhost:1', accessKeyId: 'A' })).toMatchObject({
      pathStyle: true,
      credentials: 'keys',
    });
    expect(read('druid', { coordinatorUrl: 'http://router:8888' })).toMatchObject({
      brokerUrl: 'http://router:8888',
      datasource: 'sales_analytics',
      s3Credentials: 'cluster',
    });
    const server = { database: 'd', user: 'u' };
    expect(read('postgres', { ...server, host: 'db.example.org' })).toMatchObject({
      port: 5432,
      schema: 'mauzo',
      tls: 'verify-full',
    });
    expect(read('postgres', { ...server, host: '127.0.0.1' })).toMatchObject({ tls: 'off' });
  });

  it.each<[ConnectionKind, Record<string, string>, string, string]>([
    ['s3', {}, 'bucket', 'is required'],
    ['s3', { bucket: 'sales', endpoint: 'https://user:hunter2@host' }, 'endpoint', 'must be an address'],
    ['s3', { bucket: 'sales', pathStyle: 'yes' }, 'pathStyle', 'must be true or false'],
    [
      's3',
      { bucket: 'sales', credentials: 'hunter2' },
      'credentials',
      'must be keys, profile or environment',
    ],
    ['druid', {}, 'coordinatorUrl', 'is required'],
    ['druid', { coordinatorUrl: 'ftp://hunter2' }, 'coordinatorUrl', 'must be an address'],
    ['druid', { coordinatorUrl: 'http://a', maxTasks: '0' }, 'maxTasks', 'must be a whole number'],
    ['druid', { coordinatorUrl: 'http://a', datasource: '1; drop' }, 'datasource', 'must be a name'],
    ['postgres', { host: 'a', database: 'b' }, 'user', 'is required'],
    ['postgres', { host: 'a', database: 'b', user: 'c', port: '54e2' }, 'port', 'must be a whole number'],
    ['postgres', { host: 'a', database: 'b', user: 'c', schema: 'A"b' }, 'schema', 'must be a name'],
  ])('say which setting of %s %j is wrong, and never its value', (kind, texts, key, problem) => {
    const read = readConnection(NO_CONNECTIONS, kind, texts);
    expect(read).toMatchObject({ connections: null, key });
    expect(read.problem).toContain(problem);
    expect(read.problem).not.toContain('hunter2');
  });
});

it('names of options and variables follow from those of the settings', () => {
  expect(optionOf('coordinatorUrl')).toBe('coordinator-url');
  expect(variableOf('s3', 'pathStyle')).toBe('MAUZO_S3_PATH_STYLE');
  expect(variableOf('druid', 's3Endpoint')).toBe('MAUZO_DRUID_S3_ENDPOINT');
  expect(secretVariableOf('s3.secretAccessKey')).toBe('MAUZO_S3_SECRET_ACCESS_KEY');
  expect(secretVariableOf('postgres.password')).toBe('MAUZO_POSTGRES_PASSWORD');
});

it('tells this computer from one that is named like it', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', 'sales.localhost'].every(isLoopbackHost)).toBe(true);
  expect(['localhost.example.co.ke', '10.0.0.1', '127.example.co.ke', ''].some(isLoopbackHost)).toBe(false);
});
