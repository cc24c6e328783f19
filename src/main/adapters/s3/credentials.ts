import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { S3Connection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import type { Secrets } from '../../services/connections/ports.ts';
import type { Redactor } from './redactor.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

const missing = (field: string) => new AppError('s3.credentials_missing', 'permission', { field });

/** Where the connection's credentials come from. Files are read anew for each provider: they are what a sign-in changes. */
export function credentialsProvider(
  connection: S3Connection,
  secrets: Secrets,
  redactor: Redactor,
): () => Promise<Credentials> {
  const find = source(connection, secrets);
  return async () => {
    const found = await find();
    redactor.add(found.secretAccessKey, found.sessionToken);
    return found;
  };
}

function source(connection: S3Connection, secrets: Secrets): () => Promise<Credentials> {
  switch (connection.credentials) {
    case 'profile':
      return fromIni({
        ignoreCache: true,
        ...(connection.profile === null ? {} : { profile: connection.profile }),
      });
    case 'environment':
      return defaultProvider({ ignoreCache: true });
    case 'keys':
    default:
      return () => Promise.resolve(keysOf(connection, secrets));
  }
}

function keysOf({ accessKeyId }: S3Connection, secrets: Secrets): Credentials {
  const secretAccessKey = secrets['s3.secretAccessKey'];
  const sessionToken = secrets['s3.sessionToken'];
  if (!accessKeyId) throw missing('Access key ID');
  if (!secretAccessKey) throw missing('Secret access key');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
