import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  druidConnectionSchema,
  NO_CONNECTIONS,
  postgresConnectionSchema,
  s3ConnectionSchema,
  type ConnectionKind,
} from '#shared/domain/connections';
import { CONNECTED } from './connections.fixture.ts';
import { druidForm } from './druid-form.ts';
import { postgresForm } from './postgres-form.ts';
import { s3Form } from './s3-form.ts';
import type { Drafts } from './drafts.ts';
import {
  draftOf,
  isChanged,
  withoutService,
  withSettings,
  type ServiceForm,
  type Settings,
} from './service-form.ts';

const anyText = fc.oneof(
  fc.constantFrom('', ' ', '/finance/mauzo/', 's3://bucket', 'a/../b', '0', 'druid.example.co.ke:8081'),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);
/** Mostly what belongs into the field, sometimes what people put there. */
const text = (...good: readonly [string, ...string[]]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: anyText });
const address = text('http://localhost:9000', ' https://druid.example.co.ke/', 'HTTPS://10.1.2.3:8888');

const S3_DRAFT = fc.record({
  server: fc.constantFrom('amazon' as const, 'other' as const),
  endpoint: address,
  region: text('us-east-1', ' eu-west-1 '),
  bucket: text('mauzo-prod', 'a.b.c'),
  prefix: text('', 'finance', '/finance/mauzo/'),
  pathStyle: fc.boolean(),
  credentials: fc.constantFrom('keys' as const, 'profile' as const, 'environment' as const),
  accessKeyId: text('AKIAIOSFODNN7EXAMPLE'),
  profile: text('mauzo'),
});
const DRUID_DRAFT = fc.record({
  coordinatorUrl: address,
  brokerUrl: fc.oneof(fc.constant(''), address),
  datasource: text('sales_analytics', ' sales '),
  username: text('', 'mauzo'),
  s3Endpoint: fc.oneof(fc.constant(''), address),
  s3Credentials: fc.constantFrom('cluster' as const, 'task' as const),
  maxTasks: text('', '4', ' 100 '),
});
const POSTGRES_DRAFT = fc.record({
  host: text('localhost', 'pg.example.co.ke', '::1'),
  port: text('5432', ' 65535 '),
  database: text('mauzo', 'Mauzo Kenya'),
  schema: text('mauzo', '_m1'),
  user: text('mauzo'),
  tls: fc.constantFrom('off' as const, 'require' as const, 'verify-full' as const),
  caFile: text('', '/etc/ssl/ca.pem'),
});

/** How many of the drafts a form found fine: a property about none would prove nothing. */
function proveForm<K extends ConnectionKind>(
  form: ServiceForm<K>,
  drafts: fc.Arbitrary<Drafts[K]>,
  schema: { parse(value: unknown): Settings<K> },
): number {
  let fine = 0;
  fc.assert(
    fc.property(drafts, (draft) => {
      if (Object.keys(form.problems(draft)).length > 0) return;
      fine += 1;
      const stored = schema.parse(form.settingsOf(draft));
      expect(form.settingsOf(form.draftOf(stored))).toEqual(stored);
    }),
    { numRuns: 2000 },
  );
  return fine;
}

it('a form without a problem is one that the engine takes, and is shown again as it was stored', () => {
  expect(proveForm(s3Form, S3_DRAFT, s3ConnectionSchema)).toBeGreaterThan(200);
  expect(proveForm(druidForm, DRUID_DRAFT, druidConnectionSchema)).toBeGreaterThan(200);
  expect(proveForm(postgresForm, POSTGRES_DRAFT, postgresConnectionSchema)).toBeGreaterThan(200);
});

describe('the form of S3', () => {
  const draft = draftOf(s3Form, CONNECTED);

  it('asks for what is needed, by field', () => {
    expect(s3Form.problems(s3Form.empty)).toEqual({
      endpoint: expect.stringContaining('Needed'),
      bucket: expect.stringContaining('Needed'),
      accessKeyId: expect.stringContaining('Needed'),
    });
    expect(s3Form.problems({ ...draft, bucket: 's3://mauzo' }).bucket).toContain('without s3://');
    for (const bucket of ['Sales', 'sales_2024', '-sales', 'sales-', 'sa..les', 'sa.-les', '192.168.0.1'])
      expect(s3Form.problems({ ...draft, bucket }).bucket, bucket).toBeDefined();
    expect(s3Form.problems({ ...draft, bucket: 's3.sales.2024' })).toEqual({});
    expect(s3Form.problems({ ...draft, bucket: 'ab' }).bucket).toBe('At least 3 characters');
    expect(s3Form.problems({ ...draft, prefix: 'a//b' }).prefix).toBeDefined();
  });

  it('sends only what belongs to the choice that is made', () => {
    const settings = s3Form.settingsOf({
      ...draft,
      server: 'amazon',
      credentials: 'profile',
      profile: 'kenya',
    });
    expect(settings).toMatchObject({ endpoint: null, accessKeyId: null, profile: 'kenya' });
    expect(s3Form.problems({ ...draft, server: 'amazon', endpoint: 'nonsense' })).toEqual({});
  });

  it('takes slashes at the ends of the folder for a habit', () => {
    expect(s3Form.settingsOf({ ...draft, prefix: '/finance/mauzo/' }).prefix).toBe('finance/mauzo');
  });

  it('warns of files that travel openly', () => {
    expect(s3Form.warnings(draft)).toEqual({});
    const open = { ...draft, endpoint: 'http://s3.example.co.ke' };
    expect(s3Form.warnings(open).endpoint).toContain('s3.example.co.ke');
    expect(s3Form.warnings({ ...open, server: 'amazon' })).toEqual({});
  });

  it('warns of a bucket in the host name where that goes wrong', () => {
    expect(Object.keys(s3Form.warnings({ ...draft, pathStyle: false }))).toEqual(['pathStyle']);
    const amazon = { ...draft, server: 'amazon', pathStyle: false } as const;
    expect(s3Form.warnings(amazon)).toEqual({});
    expect(Object.keys(s3Form.warnings({ ...amazon, bucket: 'a.b.c' }))).toEqual(['bucket']);
  });
});

describe('the form of Druid', () => {
  const draft = draftOf(druidForm, CONNECTED);

  it('needs one address where a Router serves both', () => {
    expect(draft.brokerUrl).toBe('');
    expect(druidForm.settingsOf(draft).brokerUrl).toBe('https://druid.example.co.ke:8888');
    expect(druidForm.settingsOf({ ...draft, brokerUrl: 'https://b:1' }).brokerUrl).toBe('https://b:1');
  });

  it('warns of keys in tasks, and once of a host that is reached openly', () => {
    expect(druidForm.warnings({ ...draft, s3Credentials: 'task' }).s3Credentials).toContain('everybody');
    const open = { ...draft, coordinatorUrl: 'http://d:8081', brokerUrl: 'http://d:8082' };
    expect(Object.keys(druidForm.warnings(open))).toEqual(['coordinatorUrl']);
    expect(druidForm.warnings(open).coordinatorUrl).toContain('the password');
    expect(druidForm.warnings({ ...open, username: '' }).coordinatorUrl).not.toContain('password');
    expect(Object.keys(druidForm.warnings({ ...open, brokerUrl: 'http://e:8082' }))).toHaveLength(2);
  });

  it('leaves the number of tasks to Druid when it is empty', () => {
    expect(druidForm.settingsOf({ ...draft, maxTasks: ' ' }).maxTasks).toBeNull();
    expect(druidForm.problems({ ...draft, maxTasks: '101' }).maxTasks).toBeDefined();
  });
});

describe('the form of PostgreSQL', () => {
  const draft = draftOf(postgresForm, CONNECTED);

  it('refuses an address where a name is asked', () => {
    expect(postgresForm.problems({ ...draft, host: 'postgres://pg/mauzo' }).host).toContain('without');
  });

  it('warns of a server that is not checked, unless it is this computer', () => {
    expect(postgresForm.warnings(draft)).toEqual({});
    expect(postgresForm.warnings({ ...draft, tls: 'off' }).tls).toContain('Not encrypted');
    expect(postgresForm.warnings({ ...draft, tls: 'require' }).tls).toContain('nobody checks');
    expect(postgresForm.warnings({ ...draft, tls: 'off', host: 'localhost' })).toEqual({});
  });
});

describe('changes', () => {
  it('are what differs from the stored settings as the form shows them', () => {
    const draft = draftOf(s3Form, CONNECTED);
    expect(isChanged(s3Form, draft, CONNECTED)).toBe(false);
    expect(isChanged(s3Form, { ...draft, bucket: 'other' }, CONNECTED)).toBe(true);
    expect(isChanged(s3Form, s3Form.empty, NO_CONNECTIONS)).toBe(false);
  });

  it('turn off with a service what cannot be without it', () => {
    const fromDruid = { ...CONNECTED, figuresFrom: 'druid' } as const;
    expect(withoutService(fromDruid, 's3')).toMatchObject({ s3: null, druid: null, figuresFrom: 'local' });
    expect(withoutService(fromDruid, 'druid')).toEqual({ ...CONNECTED, druid: null });
    expect(withoutService(fromDruid, 'postgres')).toEqual({ ...fromDruid, postgres: null });
  });

  it('leave the other services as they are', () => {
    expect(withSettings(CONNECTED, 's3', null)).toEqual({ ...CONNECTED, s3: null });
  });
});
