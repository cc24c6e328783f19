import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AppError } from '#shared/errors/app-error';
import type { ConnectionContext, ProbeObjects } from '../../services/connections/ports.ts';
import { S3Link } from './link.ts';

/**
 * Puts down, and takes away, what the test of a cluster reads from the object store of the same settings. Errors: `s3.*`.
 * @throws AppError `connections.not_configured` without an object store
 */
export function createS3ProbeObjects({ connections, secrets }: ConnectionContext): ProbeObjects {
  if (connections.s3 === null)
    throw new AppError('connections.not_configured', 'notFound', { name: 'Object store' });
  const link = new S3Link(connections.s3, secrets);
  const target = (key: string) => ({ Bucket: link.bucket, Key: link.fullKey(key) });
  return {
    async put(key, bytes, signal) {
      await link.call('PutObject', { key, signal }, (client, options) =>
        client.send(new PutObjectCommand({ ...target(key), Body: bytes }), options),
      );
    },
    async remove(key, signal) {
      await link.call('DeleteObject', { key, signal }, (client, options) =>
        client.send(new DeleteObjectCommand(target(key)), options),
      );
    },
  };
}
