import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DRUID_SERVICES } from '../../scripts/stack/druid-config.mts';
import { DRUID_EXTENSIONS } from '../../scripts/stack/provision.mts';

const FOLDER = join(import.meta.dirname, '../../druid');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).default([]),
      env_file: z.string().optional(),
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()).min(2), start_period: z.string() }),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});
const { services, volumes } = composeSchema.parse(parse(read('docker-compose.yml'), { merge: true }));
const druid = Object.entries(services).filter(([, { image }]) => image.startsWith('apache/druid:'));

const shared = Object.fromEntries(
  read('environment')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

describe('docker-compose.yml', () => {
  it('has every service of Druid that the stack without Docker has', () => {
    expect(druid.map(([name]) => name)).toEqual([...DRUID_SERVICES]);
    expect(druid.map(([, { command }]) => command)).toEqual(DRUID_SERVICES.map((name) => [name]));
  });

  it.each(druid)('%s has a region, credentials and the endpoint of S3', (_, service) => {
    expect(service.env_file).toBe('environment');
    expect(service.environment).toMatchObject({
      AWS_REGION: services['s3']?.environment['VGW_REGION'],
      druid_s3_endpoint_signingRegion: services['s3']?.environment['VGW_REGION'],
      druid_s3_accessKey: services['s3']?.environment['ROOT_ACCESS_KEY'],
      druid_s3_secretKey: services['s3']?.environment['ROOT_SECRET_KEY'],
      druid_storage_bucket: services['s3']?.environment['BUCKET'],
      druid_s3_enablePathStyleAccess: 'true',
      druid_s3_protocol: 'http',
    });
    const endpoint = new URL(service.environment['druid_s3_endpoint_url'] ?? '');
    expect(Object.keys(services), 'a name that resolves inside the containers').toContain(endpoint.hostname);
    expect(services[endpoint.hostname]?.ports.join()).toMatch(new RegExp(`:${endpoint.port}$`));
  });

  it.each(druid)('%s reads the properties that both ways of starting share', (name, service) => {
    expect(service.volumes).toContain('./conf:/opt/mauzo:ro');
    for (const variable of ['DRUID_CONFIG_COMMON', `DRUID_CONFIG_${name}`]) {
      const file = shared[variable]?.replace('/opt/mauzo/', '') ?? 'none';
      expect(existsSync(join(FOLDER, 'conf', file)), `${variable}: ${file}`).toBe(true);
    }
  });

  it.each(Object.entries(services))(
    '%s is pinned, checked, and reachable from this computer only',
    (_, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+/);
      for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const [needed, { condition }] of Object.entries(service.depends_on)) {
        expect(Object.keys(services)).toContain(needed);
        expect(condition).toBe('service_healthy');
      }
      for (const volume of service.volumes.filter((volume) => !volume.startsWith('.'))) {
        expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
      }
    },
  );

  it('has no password of its own: a missing one is told before anything starts', () => {
    const secrets = Object.values(services)
      .flatMap(({ environment }) => Object.entries(environment))
      .filter(([name]) => /secret|password|access_?key/i.test(name));
    expect(secrets.length).toBeGreaterThan(4);
    for (const [name, value] of secrets) expect(value, name).toMatch(/^\$\{\w+:\?/);
    expect(Object.keys(shared).filter((name) => /secret|password|accessKey/i.test(name))).toEqual([]);
  });
});

describe('conf', () => {
  it('loads the extensions that the stack fetches', () => {
    const list = /^druid\.extensions\.loadList=(.*)$/m.exec(read('conf/common.properties'))?.[1] ?? '';
    expect(JSON.parse(list)).toEqual([...DRUID_EXTENSIONS]);
  });
});
