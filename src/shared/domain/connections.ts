import { z } from 'zod';

/** What Mauzo can be connected to, besides this computer. Each is optional; without any, everything stays here. */
export const CONNECTION_KINDS = ['s3', 'druid', 'postgres'] as const;
export const connectionKindSchema = z.enum(CONNECTION_KINDS);
export type ConnectionKind = z.infer<typeof connectionKindSchema>;

/** What the address of a web server looks like; user and password have no place in it. */
export const HTTP_ADDRESS = /^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/i;

const httpUrl = z
  .string()
  .max(500)
  .regex(HTTP_ADDRESS, 'an address such as https://host:port, without user or password');

/** An S3 bucket, or one of a server that speaks S3. */
export const s3ConnectionSchema = z.strictObject({
  /** Null for Amazon's own endpoint of the region. */
  endpoint: httpUrl.nullable(),
  region: z.string().min(1).max(60),
  bucket: z.string().min(3).max(63),
  /** Put before every key, without a slash at either end; '' for none. */
  prefix: z
    .string()
    .max(200)
    .regex(/^$|^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/),
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; most servers other than Amazon's need it. */
  pathStyle: z.boolean(),
  /** `keys`: the key id here and its secret in the keychain; `profile`: of the AWS files; `environment`: AWS's usual chain. */
  credentials: z.enum(['keys', 'profile', 'environment']),
  accessKeyId: z.string().max(200).nullable(),
  profile: z.string().max(100).nullable(),
});
export type S3Connection = z.infer<typeof s3ConnectionSchema>;

export const druidConnectionSchema = z.strictObject({
  /** Coordinator that is also Overlord, or a Router. */
  coordinatorUrl: httpUrl,
  /** Broker, or the same Router. */
  brokerUrl: httpUrl,
  datasource: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
  /** Null when the cluster asks for no user. */
  username: z.string().max(200).nullable(),
  /** How Druid's own machines reach the object store, when it is another address than ours. */
  s3Endpoint: httpUrl.nullable(),
  /** `cluster`: Druid's own configuration holds the keys; `task`: they travel in each task, where Druid shows them. */
  s3Credentials: z.enum(['cluster', 'task']),
  /** At most this many tasks at a time; null for as many as have a free slot. */
  maxTasks: z.number().int().min(1).max(100).nullable(),
});
export type DruidConnection = z.infer<typeof druidConnectionSchema>;

export const postgresConnectionSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  database: z.string().min(1).max(63),
  /** Schema that holds Mauzo's tables. */
  schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  user: z.string().min(1).max(63),
  /** `require` encrypts without asking who answers; `verify-full` also checks certificate and host name. */
  tls: z.enum(['off', 'require', 'verify-full']),
  /** PEM file of the authority that signed the server's certificate; null for those that the system trusts. */
  caFile: z.string().max(1_000).nullable(),
});
export type PostgresConnection = z.infer<typeof postgresConnectionSchema>;

/** The engine that answers figures. */
export const figuresEngineSchema = z.enum(['local', 'druid']);
export type FiguresEngine = z.infer<typeof figuresEngineSchema>;

/** Connections of one data folder, as stored. Never holds a secret. */
export const connectionsSchema = z.strictObject({
  version: z.literal(1),
  s3: s3ConnectionSchema.nullable(),
  druid: druidConnectionSchema.nullable(),
  postgres: postgresConnectionSchema.nullable(),
  figuresFrom: figuresEngineSchema,
});
export type Connections = z.infer<typeof connectionsSchema>;

export const NO_CONNECTIONS: Connections = {
  version: 1,
  s3: null,
  druid: null,
  postgres: null,
  figuresFrom: 'local',
};

export const SECRET_NAMES = [
  's3.secretAccessKey',
  's3.sessionToken',
  'druid.password',
  'postgres.password',
] as const;
export const secretNameSchema = z.enum(SECRET_NAMES);
export type SecretName = z.infer<typeof secretNameSchema>;

/** Where a secret comes from at the moment; `missing` when it is needed and nowhere. */
export const secretPlaceSchema = z.enum(['keychain', 'session', 'environment', 'not-needed', 'missing']);
export type SecretPlace = z.infer<typeof secretPlaceSchema>;

/**
 * What a secret belongs to. A secret is stored under its name and origin, so that one which was typed for one server is
 * never sent to another: a changed address or user finds no secret and asks for it.
 */
export function secretOrigin(name: SecretName, connections: Connections): string | null {
  const { s3, druid, postgres } = connections;
  switch (name) {
    case 's3.secretAccessKey':
    case 's3.sessionToken':
      return s3?.credentials === 'keys'
        ? `${s3.endpoint ? originOf(s3.endpoint) : `aws:${s3.region}`}|${s3.accessKeyId ?? ''}`
        : null;
    case 'druid.password':
      // Both addresses are sent the password.
      return druid?.username
        ? `${originOf(druid.coordinatorUrl)}|${originOf(druid.brokerUrl)}|${druid.username}`
        : null;
    case 'postgres.password':
    default:
      return postgres ? `${postgres.host}:${postgres.port}/${postgres.database}|${postgres.user}` : null;
  }
}

/** Scheme, host and port of an http address. */
const originOf = (url: string): string => /^https?:\/\/[^/]+/i.exec(url)?.[0].toLowerCase() ?? url;
