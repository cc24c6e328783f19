import {
  type ConnectionKind,
  type Connections,
  druidConnectionSchema,
  postgresConnectionSchema,
  s3ConnectionSchema,
  SECRET_NAMES,
  type SecretName,
} from './connections.ts';

/** What a connection is called in a sentence. */
export const CONNECTION_NAMES: Readonly<Record<ConnectionKind, string>> = {
  s3: 'the object store (S3)',
  druid: 'Apache Druid',
  postgres: 'PostgreSQL',
};

export const SECRET_LABELS: Readonly<Record<SecretName, string>> = {
  's3.secretAccessKey': 'secret access key of the object store',
  's3.sessionToken': 'session token of the object store',
  'druid.password': 'password for Apache Druid',
  'postgres.password': 'password for PostgreSQL',
};

export const kindOfSecret = (name: SecretName): ConnectionKind =>
  name.startsWith('s3.') ? 's3' : name.startsWith('druid.') ? 'druid' : 'postgres';

const words = (key: string) => key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** `pathStyle` is `--path-style` on the command line … */
export const optionOf = (key: string): string => words(key);

/** … and `MAUZO_S3_PATH_STYLE` in the environment; secrets follow the same rule. */
export const variableOf = (kind: ConnectionKind, key: string): string =>
  `MAUZO_${kind}_${words(key).replaceAll('-', '_')}`.toUpperCase();

export const secretVariableOf = (name: SecretName): string =>
  variableOf(kindOfSecret(name), name.slice(name.indexOf('.') + 1));

export const FIGURES_VARIABLE = 'MAUZO_FIGURES_FROM';

/** One setting of a connection as text: on the command line, in the environment and in the documentation. */
export interface ConnectionField {
  readonly key: string;
  readonly kind: 'text' | 'yes-no' | 'whole';
  readonly choices?: readonly string[];
  readonly meaning: string;
  /** What a valid value is; completes "must be …". */
  readonly form: string;
  /** What holds when it is not given; null when it must be. */
  readonly usual: string | null;
}

const ADDRESS = 'an address such as https://host:port, without user or password';
const text = (key: string, meaning: string, form: string, usual: string | null): ConnectionField => ({
  key,
  kind: 'text',
  meaning,
  form,
  usual,
});
const choice = (
  key: string,
  choices: readonly string[],
  meaning: string,
  usual: string,
): ConnectionField => ({
  key,
  kind: 'text',
  choices,
  meaning,
  form: choices.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  usual,
});

export const CONNECTION_FIELDS: Readonly<Record<ConnectionKind, readonly ConnectionField[]>> = {
  s3: [
    text('endpoint', 'address of the S3 server', ADDRESS, "Amazon's own, of the region"),
    text('region', 'region that requests are signed for', '1 to 60 characters', 'us-east-1'),
    text('bucket', 'bucket that holds the files', '3 to 63 characters', null),
    text(
      'prefix',
      'put before every key',
      'names of letters, digits, ".", "_" and "-" with single slashes between',
      'none',
    ),
    {
      key: 'pathStyle',
      kind: 'yes-no',
      meaning: 'endpoint/bucket/key instead of bucket.endpoint/key',
      form: 'true or false',
      usual: 'true with an endpoint, else false',
    },
    choice(
      'credentials',
      s3ConnectionSchema.shape.credentials.options,
      "where the keys come from: here, a profile of the AWS files, or AWS's usual chain",
      'keys with an access key id, profile with a profile, else environment',
    ),
    text('accessKeyId', 'access key id, with credentials keys', 'at most 200 characters', 'none'),
    text('profile', 'profile of the AWS files, with credentials profile', 'at most 100 characters', 'none'),
  ],
  druid: [
    text('coordinatorUrl', 'Coordinator that is also Overlord, or a Router', ADDRESS, null),
    text('brokerUrl', 'Broker, or the same Router', ADDRESS, 'the same address'),
    text(
      'datasource',
      'datasource that Mauzo writes and reads',
      'a name of letters, digits and "_" that does not begin with a digit',
      'sales_analytics',
    ),
    text('username', 'user, when the cluster asks for one', 'at most 200 characters', 'none'),
    text('s3Endpoint', "how Druid's machines reach the object store", ADDRESS, 'as Mauzo does'),
    choice(
      's3Credentials',
      druidConnectionSchema.shape.s3Credentials.options,
      "keys for the object store: in the cluster's configuration, or sent in each task, where Druid shows them",
      'cluster',
    ),
    {
      key: 'maxTasks',
      kind: 'whole',
      meaning: 'tasks at a time',
      form: 'a whole number from 1 to 100',
      usual: 'as many as have a free slot',
    },
  ],
  postgres: [
    text('host', 'name or address of the server', 'at most 253 characters', null),
    {
      key: 'port',
      kind: 'whole',
      meaning: 'its port',
      form: 'a whole number from 1 to 65535',
      usual: '5432',
    },
    text('database', 'database', 'at most 63 characters', null),
    text(
      'schema',
      "schema for Mauzo's tables",
      'a name of small letters, digits and "_" that does not begin with a digit',
      'mauzo',
    ),
    text('user', 'user', 'at most 63 characters', null),
    choice(
      'tls',
      postgresConnectionSchema.shape.tls.options,
      'encryption; verify-full also checks certificate and host name',
      'off for this computer, else verify-full',
    ),
    text(
      'caFile',
      "PEM file of the authority that signed the server's certificate",
      'at most 1,000 characters',
      'those that the system trusts',
    ),
  ],
};

/** Values as text by key; null takes a setting away. */
export type GivenFields = Readonly<Record<string, string | null>>;

const LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
export const isLoopbackHost = (host: string): boolean => LOOPBACK.test(host);

function defaultsOf(kind: ConnectionKind, given: GivenFields): Record<string, unknown> {
  switch (kind) {
    case 's3':
      return {
        endpoint: null,
        region: 'us-east-1',
        prefix: '',
        pathStyle: given['endpoint'] != null,
        credentials:
          given['accessKeyId'] != null ? 'keys' : given['profile'] != null ? 'profile' : 'environment',
        accessKeyId: null,
        profile: null,
      };
    case 'druid':
      return {
        brokerUrl: given['coordinatorUrl'],
        datasource: 'sales_analytics',
        username: null,
        s3Endpoint: null,
        s3Credentials: 'cluster',
        maxTasks: null,
      };
    case 'postgres':
      return {
        port: 5432,
        schema: 'mauzo',
        tls: isLoopbackHost(given['host'] ?? '') ? 'off' : 'verify-full',
        caFile: null,
      };
  }
}

function valueOf(field: ConnectionField, given: string | null): unknown {
  if (given === null || field.kind === 'text') return given;
  if (field.kind === 'yes-no') return given === 'true' ? true : given === 'false' ? false : given;
  return /^\d{1,9}$/.test(given) ? Number(given) : given;
}

export type ReadConnection =
  | { readonly connections: Connections; readonly problem: null }
  /** `problem` completes "the field …": "must be true or false", "is required". Never holds the value: it could be a secret. */
  | { readonly connections: null; readonly key: string; readonly problem: string };

/**
 * Sets one connection from texts: those that are given, over the connection as it is (or the usual values when there is
 * none). Settings that are not of the kind are the caller's mistake.
 */
export function readConnection(
  connections: Connections,
  kind: ConnectionKind,
  given: GivenFields,
): ReadConnection {
  const fields = CONNECTION_FIELDS[kind];
  const usual = defaultsOf(kind, given);
  const values: Record<string, unknown> = { ...(connections[kind] ?? usual) };
  for (const field of fields) {
    const value = given[field.key];
    if (value === undefined) continue;
    // What has no null falls back to what is usual.
    values[field.key] = value === null ? (usual[field.key] ?? null) : valueOf(field, value);
  }
  const parsed = SCHEMAS[kind].safeParse(values);
  if (parsed.success) return { connections: { ...connections, [kind]: parsed.data }, problem: null };
  const key = String(parsed.error.issues[0]?.path[0] ?? '');
  const field = fields.find((candidate) => candidate.key === key);
  const isMissing = values[key] === undefined || values[key] === null;
  return { connections: null, key, problem: isMissing ? 'is required' : `must be ${field?.form ?? 'valid'}` };
}

const SCHEMAS = { s3: s3ConnectionSchema, druid: druidConnectionSchema, postgres: postgresConnectionSchema };

/** Secrets that a connection of this kind can have. */
export const secretsOfKind = (kind: ConnectionKind): readonly SecretName[] =>
  SECRET_NAMES.filter((name) => kindOfSecret(name) === kind);
