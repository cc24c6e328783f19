import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AppError } from '#shared/errors/app-error';
import { isWithoutAnswer } from './errors.ts';
import type { Uploading, UploadOptions } from './multipart-upload.ts';
import { SHA256_METADATA } from './object-reader.ts';
import type { SourceFile } from './source-file.ts';

/**
 * Sends a file of one part's size at most in one request. `unanswered`: the connection broke, and whether the object is
 * there has to be asked.
 */
export async function uploadWhole(
  { link, attempts, conditional, buffers }: Uploading,
  source: SourceFile,
  { key, sha256, signal, onProgress }: UploadOptions,
): Promise<'stored' | 'unanswered'> {
  const buffer = await buffers.take(signal);
  try {
    const { bytes, sha256Base64 } = await source.readPart(1, buffer);
    const found = source.digest();
    if (found !== sha256) throw new AppError('objects.altered', 'conflict', { key, found, expected: sha256 });
    const put = () =>
      conditional.send((condition) =>
        link.call('PutObject', { key, signal }, (client, options) =>
          client.send(
            new PutObjectCommand({
              Bucket: link.bucket,
              Key: link.fullKey(key),
              Body: bytes,
              ContentLength: bytes.byteLength,
              ChecksumSHA256: sha256Base64,
              Metadata: { [SHA256_METADATA]: sha256 },
              ...condition,
            }),
            options,
          ),
        ),
      );
    return await attempts.run(signal, async () => {
      try {
        const answer = await put();
        if (!answer.ETag) throw link.notS3('PutObject', 'no tag of the object');
        onProgress(bytes.byteLength);
        return 'stored';
      } catch (error) {
        if (error instanceof AppError && isWithoutAnswer(error)) return 'unanswered';
        throw error;
      }
    });
  } finally {
    buffers.give(buffer);
  }
}
