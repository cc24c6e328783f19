import { randomBytes } from 'node:crypto';
import type { StackInfo } from '../../scripts/stack/stack-info.mts';
import { startTestEngine, type TestEngine } from '../integration/engine/engine.fixture.ts';

/** A place of its own on the servers of a stack: a bucket prefix, a datasource and a schema that no other test uses. */
export interface Place {
  readonly datasource: string;
  /** Environment variables that connect an engine with it. */
  readonly env: Readonly<Record<string, string>>;
}

export function placeOn(stack: StackInfo): Place {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const { s3, druid, postgres } = stack;
  return {
    datasource: name,
    env: {
      MAUZO_S3_ENDPOINT: s3.endpoint,
      MAUZO_S3_REGION: s3.region,
      MAUZO_S3_BUCKET: s3.bucket,
      MAUZO_S3_PREFIX: name,
      MAUZO_S3_PATH_STYLE: 'true',
      MAUZO_S3_CREDENTIALS: 'keys',
      MAUZO_S3_ACCESS_KEY_ID: s3.accessKeyId,
      MAUZO_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
      MAUZO_DRUID_COORDINATOR_URL: druid.coordinatorUrl,
      MAUZO_DRUID_BROKER_URL: druid.brokerUrl,
      MAUZO_DRUID_DATASOURCE: name,
      MAUZO_POSTGRES_HOST: postgres.host,
      MAUZO_POSTGRES_PORT: String(postgres.port),
      MAUZO_POSTGRES_DATABASE: postgres.database,
      MAUZO_POSTGRES_USER: postgres.user,
      MAUZO_POSTGRES_PASSWORD: postgres.password,
      MAUZO_POSTGRES_SCHEMA: name,
      MAUZO_POSTGRES_TLS: 'off',
    },
  };
}

/** An engine of one computer that is connected with a place; its figures come from the engine named. */
export const startConnectedEngine = (
  { env }: Place,
  figuresFrom: 'local' | 'druid',
  home?: string,
): Promise<TestEngine> =>
  startTestEngine({
    env: { ...env, MAUZO_FIGURES_FROM: figuresFrom },
    ...(home === undefined ? {} : { home }),
  });
