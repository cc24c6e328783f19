import type { DruidConnection, PostgresConnection, S3Connection } from '#shared/domain/connections';

export interface S3Draft {
  readonly server: 'amazon' | 'other';
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly credentials: S3Connection['credentials'];
  readonly accessKeyId: string;
  readonly profile: string;
}

export interface DruidDraft {
  readonly coordinatorUrl: string;
  /** Empty when one address serves both. */
  readonly brokerUrl: string;
  readonly datasource: string;
  readonly username: string;
  readonly s3Endpoint: string;
  readonly s3Credentials: DruidConnection['s3Credentials'];
  readonly maxTasks: string;
}

export interface PostgresDraft {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly schema: string;
  readonly user: string;
  readonly tls: PostgresConnection['tls'];
  readonly caFile: string;
}

/** What stands in the fields of each form, as typed. */
export interface Drafts {
  readonly s3: S3Draft;
  readonly druid: DruidDraft;
  readonly postgres: PostgresDraft;
}
