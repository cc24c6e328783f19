import { describe, expect, it } from 'vitest';
import { connectionProblems, connectionWarnings } from './connections-check.ts';
import {
  type Connections,
  type DruidConnection,
  NO_CONNECTIONS,
  type PostgresConnection,
  type S3Connection,
  secretOrigin,
} from './connections.ts';

const s3 = (changes: Partial<S3Connection> = {}): S3Connection => ({
  endpoint: 'https://s3.example.org',
  region: 'us-east-1',
  bucket: 'sales',
  prefix: '',
  pathStyle: true,
  credentials: 'keys',
  accessKeyId: 'AKID',
  profile: null,
  ...changes,
});
const druid = (changes: Partial<DruidConnection> = {}): DruidConnection => ({
  coordinatorUrl: 'https://druid.example.org:8281',
  brokerUrl: 'https://druid.example.org:8282',
  datasource: 'sales_analytics',
  username: 'amina',
  s3Endpoint: null,
  s3Credentials: 'cluster',
  maxTasks: null,
  ...changes,
});
const postgres = (changes: Partial<PostgresConnection> = {}): PostgresConnection => ({
  host: 'db.example.org',
  port: 5432,
  database: 'mauzo',
  schema: 'mauzo',
  user: 'amina',
  tls: 'verify-full',
  caFile: null,
  ...changes,
});
const all = (changes: Partial<Connections> = {}): Connections => ({
  ...NO_CONNECTIONS,
  s3: s3(),
  druid: druid(),
  postgres: postgres(),
  figuresFrom: 'druid',
  ...changes,
});
const fields = (problems: readonly { field: string }[]) => problems.map(({ field }) => field);

describe('settings that do not fit together', () => {
  it('are none when they do', () => {
    expect(connectionProblems(all())).toEqual([]);
    expect(connectionProblems(NO_CONNECTIONS)).toEqual([]);
  });

  it.each<[string, Connections, string]>([
    ['Druid without an object store', all({ s3: null }), 'druid'],
    ['figures from a Druid that is not there', all({ druid: null }), 'figuresFrom'],
    ['keys without an id', all({ s3: s3({ accessKeyId: null }) }), 's3.accessKeyId'],
    ['keys with an empty id', all({ s3: s3({ accessKeyId: '' }) }), 's3.accessKeyId'],
    ['a profile without a name', all({ s3: s3({ credentials: 'profile' }) }), 's3.profile'],
  ])('%s', (_, connections, field) => {
    expect(fields(connectionProblems(connections))).toEqual([field]);
  });

  it.each(['Sales', 'sales_2024', '-sales', 'sales-', 'sa..les', 'sa.-les', '192.168.0.1', 'säles'])(
    'no bucket is called %s',
    (bucket) => {
      expect(fields(connectionProblems(all({ s3: s3({ bucket }) })))).toEqual(['s3.bucket']);
    },
  );
  it.each(['sales', 's3.sales.2024', '1st', '0-0'])('a bucket may be called %s', (bucket) => {
    expect(connectionProblems(all({ s3: s3({ bucket }) }))).toEqual([]);
  });
});

describe('what a person should know', () => {
  it.each<[Connections, string[]]>([
    [all(), []],
    [all({ s3: s3({ endpoint: 'http://s3.example.org:9000' }) }), ['s3.endpoint']],
    [all({ s3: s3({ endpoint: 'http://localhost:9000' }) }), []],
    [all({ s3: s3({ endpoint: 'http://[::1]:9000' }) }), []],
    [all({ s3: s3({ endpoint: 'http://s3.localhost:9000' }) }), []],
    [all({ s3: s3({ endpoint: 'http://localhost.example.org' }) }), ['s3.endpoint']],
    [all({ s3: s3({ pathStyle: false }) }), ['s3.pathStyle']],
    [all({ s3: s3({ endpoint: null, pathStyle: false }) }), []],
    [all({ s3: s3({ endpoint: null, pathStyle: false, bucket: 'a.b' }) }), ['s3.bucket']],
    [all({ druid: druid({ brokerUrl: 'http://10.0.0.7:8082' }) }), ['druid.brokerUrl']],
    [all({ druid: druid({ s3Credentials: 'task' }) }), ['druid.s3Credentials']],
    [all({ postgres: postgres({ tls: 'off' }) }), ['postgres.tls']],
    [all({ postgres: postgres({ tls: 'require' }) }), ['postgres.tls']],
    [all({ postgres: postgres({ host: '127.0.0.1', tls: 'off' }) }), []],
  ])('%#', (connections, expected) => {
    expect(fields(connectionWarnings(connections))).toEqual(expected);
  });
});

describe('what a secret belongs to', () => {
  const origin = (name: Parameters<typeof secretOrigin>[0], changes: Partial<Connections>) =>
    secretOrigin(name, all(changes));

  it('changes with the address and the user that it is sent to', () => {
    for (const name of ['s3.secretAccessKey', 's3.sessionToken'] as const) {
      const origins = [
        s3(),
        s3({ endpoint: 'http://s3.example.org' }),
        s3({ endpoint: 'https://s3.example.org:9000' }),
        s3({ endpoint: 'https://s3.example.org.evil.example' }),
        s3({ accessKeyId: 'OTHER' }),
        s3({ endpoint: null }),
        s3({ endpoint: null, region: 'af-south-1' }),
      ].map((connection) => origin(name, { s3: connection }));
      expect(new Set(origins).size).toBe(origins.length);
    }
    const druids = [
      druid(),
      druid({ coordinatorUrl: 'https://evil.example:8281' }),
      druid({ brokerUrl: 'https://evil.example:8282' }),
      druid({ username: 'juma' }),
    ].map((connection) => origin('druid.password', { druid: connection }));
    expect(new Set(druids).size).toBe(druids.length);
    const servers = [
      postgres(),
      postgres({ host: 'evil.example' }),
      postgres({ port: 5433 }),
      postgres({ user: 'juma' }),
      postgres({ database: 'other' }),
    ].map((connection) => origin('postgres.password', { postgres: connection }));
    expect(new Set(servers).size).toBe(servers.length);
  });

  it('does not change with what is not sent anywhere else', () => {
    expect(origin('s3.secretAccessKey', { s3: s3({ bucket: 'other', prefix: 'p', pathStyle: false }) })).toBe(
      origin('s3.secretAccessKey', {}),
    );
    expect(origin('s3.secretAccessKey', { s3: s3({ endpoint: 'https://S3.example.org/' }) })).toBe(
      origin('s3.secretAccessKey', {}),
    );
    expect(origin('postgres.password', { postgres: postgres({ schema: 's', tls: 'require' }) })).toBe(
      origin('postgres.password', {}),
    );
  });

  it('is nothing where no secret is asked for', () => {
    expect(origin('s3.secretAccessKey', { s3: s3({ credentials: 'profile' }) })).toBeNull();
    expect(origin('druid.password', { druid: druid({ username: null }) })).toBeNull();
    expect(origin('postgres.password', { postgres: null })).toBeNull();
  });
});
