import { isLoopbackHost } from './connection-fields.ts';
import type { Connections, DruidConnection, PostgresConnection, S3Connection } from './connections.ts';

/** What is wrong with one setting. `problem` completes a sentence that begins with the field. */
export interface SettingProblem {
  /** `s3.bucket`, `druid.s3Endpoint`, `figuresFrom` … */
  readonly field: string;
  readonly problem: string;
}

const at = (field: string, problem: string): SettingProblem => ({ field, problem });

function bucketProblem(bucket: string): string | null {
  if (!/^[a-z0-9.-]+$/.test(bucket)) return 'a bucket name has small letters, digits, dots and hyphens only';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) return 'a bucket name begins and ends with a letter or digit';
  if (/\.\.|\.-|-\./.test(bucket)) return 'a bucket name has no dot beside another dot or a hyphen';
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bucket)) return 'a bucket name is not an IP address';
  return null;
}

function s3Problems(s3: S3Connection): SettingProblem[] {
  const bucket = bucketProblem(s3.bucket);
  return [
    ...(bucket === null ? [] : [at('s3.bucket', bucket)]),
    ...(s3.credentials === 'keys' && !s3.accessKeyId
      ? [at('s3.accessKeyId', 'needed when the keys are given here')]
      : []),
    ...(s3.credentials === 'profile' && !s3.profile
      ? [at('s3.profile', 'needed when the keys come from a profile')]
      : []),
  ];
}

/** Settings that are valid each, but not together. Empty when a connection can be made with them. */
export function connectionProblems({ s3, druid, figuresFrom }: Connections): SettingProblem[] {
  return [
    ...(s3 === null ? [] : s3Problems(s3)),
    ...(druid !== null && s3 === null
      ? [at('druid', 'Druid loads from the object store: set the object store (S3) first')]
      : []),
    ...(figuresFrom === 'druid' && druid === null
      ? [at('figuresFrom', 'there is no connection to Druid to read figures from')]
      : []),
  ];
}

const isPlain = (url: string | null): boolean => {
  const host = /^http:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(url ?? '')?.[1];
  return host !== undefined && !isLoopbackHost(host);
};
const PLAIN =
  'begins with http: figures and names can be read on the way, so use https where others share the network';

function s3Warnings(s3: S3Connection): SettingProblem[] {
  return [
    ...(isPlain(s3.endpoint) ? [at('s3.endpoint', PLAIN)] : []),
    ...(s3.endpoint !== null && !s3.pathStyle
      ? [at('s3.pathStyle', 'most servers other than Amazon’s need path style')]
      : []),
    ...(s3.bucket.includes('.') && !s3.pathStyle && !/^http:/i.test(s3.endpoint ?? '')
      ? [at('s3.bucket', 'a name with a dot fits no https certificate without path style')]
      : []),
  ];
}

function druidWarnings(druid: DruidConnection): SettingProblem[] {
  return [
    ...(isPlain(druid.coordinatorUrl) ? [at('druid.coordinatorUrl', PLAIN)] : []),
    ...(isPlain(druid.brokerUrl) ? [at('druid.brokerUrl', PLAIN)] : []),
    ...(druid.s3Credentials === 'task'
      ? [
          at(
            'druid.s3Credentials',
            'the keys of the object store travel in each task, and everybody who may see Druid’s tasks can read them',
          ),
        ]
      : []),
  ];
}

const TLS_WARNINGS: Readonly<Record<PostgresConnection['tls'], string | null>> = {
  off: 'nothing is encrypted: the password and figures can be read on the way',
  require: 'encrypted, but nobody checks who answers: verify-full does',
  'verify-full': null,
};

/** What works, and what a person should know before it is used. */
export function connectionWarnings({ s3, druid, postgres }: Connections): SettingProblem[] {
  const tls = postgres && !isLoopbackHost(postgres.host) ? TLS_WARNINGS[postgres.tls] : null;
  return [
    ...(s3 === null ? [] : s3Warnings(s3)),
    ...(druid === null ? [] : druidWarnings(druid)),
    ...(tls === null ? [] : [at('postgres.tls', tls)]),
  ];
}
