import type { ConnectionsView, ServiceStatus } from '#shared/contract/connections';
import { NO_CONNECTIONS, type Connections } from '#shared/domain/connections';

export const CONNECTED: Connections = {
  ...NO_CONNECTIONS,
  s3: {
    endpoint: 'https://s3.example.co.ke:9000',
    region: 'us-east-1',
    bucket: 'mauzo-prod',
    prefix: '',
    pathStyle: true,
    credentials: 'keys',
    accessKeyId: 'mauzo',
    profile: null,
  },
  druid: {
    coordinatorUrl: 'https://druid.example.co.ke:8888',
    brokerUrl: 'https://druid.example.co.ke:8888',
    datasource: 'sales_analytics',
    username: 'ingest',
    s3Endpoint: null,
    s3Credentials: 'cluster',
    maxTasks: 4,
  },
  postgres: {
    host: 'pg.example.co.ke',
    port: 5432,
    database: 'mauzo',
    schema: 'mauzo',
    user: 'mauzo',
    tls: 'verify-full',
    caFile: null,
  },
};

export function viewOf(patch: Partial<ConnectionsView> = {}): ConnectionsView {
  return {
    connections: CONNECTED,
    secrets: {
      's3.secretAccessKey': 'keychain',
      's3.sessionToken': 'not-needed',
      'druid.password': 'keychain',
      'postgres.password': 'keychain',
    },
    fromEnvironment: [],
    keychain: { available: true, reason: null },
    ...patch,
  };
}

export function serviceOf(patch: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    target: 'druid',
    name: 'Broker',
    state: 'ok',
    latencyMs: 12,
    version: '25.0.0',
    lastSuccessAt: '2026-11-02T06:14:00.000Z',
    error: null,
    ...patch,
  };
}

export const errorOf = (code: string): NonNullable<ServiceStatus['error']> => ({
  code,
  kind: 'unavailable',
  details: {},
  retryable: true,
  correlationId: 'c-1',
});
