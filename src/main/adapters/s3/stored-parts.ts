import { createHash } from 'node:crypto';
import { ListPartsCommand } from '@aws-sdk/client-s3';
import type { Attempts } from './attempts.ts';
import type { S3Link } from './link.ts';
import type { Part } from './source-file.ts';

/** A part as the server has it. Servers that keep no checksum of parts still answer with an MD5 as the tag. */
export interface StoredPart {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly sha256Base64: string | null;
}

interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly signal: AbortSignal;
}

export const isSame = (stored: StoredPart, part: Part): boolean =>
  stored.sizeBytes === part.bytes.byteLength &&
  (stored.sha256Base64 === null
    ? stored.etag.replaceAll('"', '') === createHash('md5').update(part.bytes).digest('hex')
    : stored.sha256Base64 === part.sha256Base64);

/** All parts that the server has of an upload, by number. */
export async function listParts(
  { link, attempts }: { readonly link: S3Link; readonly attempts: Attempts },
  upload: Upload,
): Promise<ReadonlyMap<number, StoredPart>> {
  const parts = new Map<number, StoredPart>();
  for (let marker: string | undefined; ;) {
    const page = await attempts.run(upload.signal, () =>
      askForParts(link, upload, marker === undefined ? {} : { PartNumberMarker: marker }),
    );
    for (const [number, part] of page.parts) parts.set(number, part);
    if (page.next === null) return parts;
    marker = page.next;
  }
}

/** One part, asked for once: for a try that is repeated as a whole. */
export async function findPart(link: S3Link, upload: Upload, number: number): Promise<StoredPart | null> {
  const page = await askForParts(link, upload, { PartNumberMarker: String(number - 1), MaxParts: 1 });
  return new Map(page.parts).get(number) ?? null;
}

async function askForParts(
  link: S3Link,
  { key, uploadId, signal }: Upload,
  range: { readonly PartNumberMarker?: string; readonly MaxParts?: number },
) {
  const answer = await link.call('ListParts', { key, signal }, (client, options) =>
    client.send(
      new ListPartsCommand({
        Bucket: link.bucket,
        Key: link.fullKey(key),
        UploadId: uploadId,
        ...range,
      }),
      options,
    ),
  );
  const parts = (answer.Parts ?? []).flatMap(
    ({ PartNumber, ETag, Size, ChecksumSHA256 }): readonly (readonly [number, StoredPart])[] =>
      PartNumber === undefined || ETag === undefined || Size === undefined
        ? []
        : [[PartNumber, { etag: ETag, sizeBytes: Size, sha256Base64: ChecksumSHA256 ?? null }]],
  );
  return { parts, next: answer.IsTruncated ? (answer.NextPartNumberMarker ?? null) : null };
}
