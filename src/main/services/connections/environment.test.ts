import { describe, expect, it } from 'vitest';
import { connectionsSchema, NO_CONNECTIONS } from '#shared/domain/connections';
import { overlay, readEnvironment, savable } from './environment.ts';

const problemOf = (env: Record<string, string>): unknown => {
  try {
    readEnvironment(env);
    return null;
  } catch (error) {
    return error;
  }
};

const WHOLE = {
  MAUZO_S3_ENDPOINT: 'http://localhost:9000',
  MAUZO_S3_REGION: 'af-south-1',
  MAUZO_S3_BUCKET: 'sales',
  MAUZO_S3_PREFIX: 'mauzo/1',
  MAUZO_S3_PATH_STYLE: 'false',
  MAUZO_S3_CREDENTIALS: 'keys',
  MAUZO_S3_ACCESS_KEY_ID: 'AKID',
  MAUZO_S3_SECRET_ACCESS_KEY: 'one',
  MAUZO_S3_SESSION_TOKEN: 'two',
  MAUZO_DRUID_COORDINATOR_URL: 'http://druid:8081',
  MAUZO_DRUID_BROKER_URL: 'http://druid:8082',
  MAUZO_DRUID_DATASOURCE: 'sales',
  MAUZO_DRUID_USERNAME: 'amina',
  MAUZO_DRUID_PASSWORD: 'three',
  MAUZO_DRUID_S3_ENDPOINT: 'http://s3.internal:9000',
  MAUZO_DRUID_S3_CREDENTIALS: 'task',
  MAUZO_DRUID_MAX_TASKS: '4',
  MAUZO_POSTGRES_HOST: 'db',
  MAUZO_POSTGRES_PORT: '5433',
  MAUZO_POSTGRES_DATABASE: 'mauzo',
  MAUZO_POSTGRES_SCHEMA: 'app',
  MAUZO_POSTGRES_USER: 'juma',
  MAUZO_POSTGRES_PASSWORD: 'four',
  MAUZO_POSTGRES_TLS: 'require',
  MAUZO_POSTGRES_CA_FILE: '/etc/ca.pem',
  MAUZO_FIGURES_FROM: 'druid',
};

describe('connections from the environment', () => {
  it('are none without a variable, and an empty one is none', () => {
    const none = { kinds: [], figuresFrom: null, secrets: {} };
    expect(readEnvironment({})).toMatchObject(none);
    expect(readEnvironment({ MAUZO_S3_ENDPOINT: '', MAUZO_S3_SECRET_ACCESS_KEY: '' })).toMatchObject(none);
    expect(readEnvironment({ MAUZO_NODE: 'x', MAUZO_TEST_STACK: 'y', PATH: 'z' })).toMatchObject(none);
  });

  it('are read whole, secrets apart', () => {
    const read = readEnvironment(WHOLE);
    expect(read.kinds).toEqual(['s3', 'druid', 'postgres']);
    expect(read.secrets).toEqual({
      's3.secretAccessKey': 'one',
      's3.sessionToken': 'two',
      'druid.password': 'three',
      'postgres.password': 'four',
    });
    const connections = overlay(NO_CONNECTIONS, read);
    expect(connectionsSchema.parse(connections)).toEqual(connections);
    expect(connections).toEqual({
      version: 1,
      s3: {
        endpoint: 'http://localhost:9000',
        region: 'af-south-1',
        bucket: 'sales',
        prefix: 'mauzo/1',
        pathStyle: false,
        credentials: 'keys',
        accessKeyId: 'AKID',
        profile: null,
      },
      druid: {
        coordinatorUrl: 'http://druid:8081',
        brokerUrl: 'http://druid:8082',
        datasource: 'sales',
        username: 'amina',
        s3Endpoint: 'http://s3.internal:9000',
        s3Credentials: 'task',
        maxTasks: 4,
      },
      postgres: {
        host: 'db',
        port: 5433,
        database: 'mauzo',
        schema: 'app',
        user: 'juma',
        tls: 'require',
        caFile: '/etc/ca.pem',
      },
      figuresFrom: 'druid',
    });
  });

  it('take the place of one that is saved, whole, and leave the others and what is saved beneath', () => {
    const saved = overlay(NO_CONNECTIONS, readEnvironment(WHOLE));
    const settings = readEnvironment({ MAUZO_S3_BUCKET: 'other' });
    const effective = overlay(saved, settings);
    expect(effective.s3).toMatchObject({ bucket: 'other', endpoint: null, accessKeyId: null });
    expect(effective.druid).toBe(saved.druid);
    expect(savable(effective, saved, settings)).toEqual(saved);
  });

  it('leave a saved connection alone when only its secret is there', () => {
    const settings = readEnvironment({ MAUZO_POSTGRES_PASSWORD: 'four' });
    expect(settings.kinds).toEqual([]);
    expect(settings.secrets).toEqual({ 'postgres.password': 'four' });
  });

  it.each<[Record<string, string>, string, RegExp]>([
    [{ MAUZO_S3_REGION: 'x' }, 'MAUZO_S3_BUCKET', /required/],
    [{ MAUZO_S3_BUCKET: 'Sales!' }, 'MAUZO_S3_BUCKET', /small letters/],
    [{ MAUZO_S3_BUCKET: 'sales', MAUZO_S3_PATH_STYLE: 'on' }, 'MAUZO_S3_PATH_STYLE', /true or false/],
    [
      { MAUZO_S3_BUCKET: 'sales', MAUZO_S3_CREDENTIALS: 'keys' },
      'MAUZO_S3_ACCESS_KEY_ID',
      /needed when the keys/,
    ],
    [{ MAUZO_DRUID_BROKER_URL: 'http://a' }, 'MAUZO_DRUID_COORDINATOR_URL', /required/],
    [{ MAUZO_POSTGRES_HOST: 'a', MAUZO_POSTGRES_DATABASE: 'b' }, 'MAUZO_POSTGRES_USER', /required/],
    [{ MAUZO_FIGURES_FROM: 'cloud' }, 'MAUZO_FIGURES_FROM', /local or druid/],
    [{ MAUZO_S3_ENPOINT: 'http://a' }, 'MAUZO_S3_ENPOINT', /did you mean MAUZO_S3_ENDPOINT/],
  ])('name the variable that is wrong: %j', (env, variable, problem) => {
    expect(problemOf(env)).toMatchObject({
      code: 'connections.environment_invalid',
      details: { variable, problem: expect.stringMatching(problem) },
    });
  });

  it('never repeat a value: it may be a secret that was put into the wrong variable', () => {
    for (const name of Object.keys(WHOLE)) {
      const value = 'hunter2 hunter2:@hunter2'.repeat(50);
      const error = problemOf({ ...WHOLE, [name]: value });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });
});
