import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { abortUpload, type Uploading } from './multipart-upload.ts';

/** Another machine may be in the middle of an upload; nobody takes longer than a day for one. */
const ORPHANED_MS = 24 * 60 * 60 * 1_000;

/** An upload that this machine could go on with, but did not for so long, belongs to an import that was given up. */
const GIVEN_UP_MS = 7 * ORPHANED_MS;

/** The top folders of our layout: others may keep uploads of their own in the same bucket. */
const OURS = /^(raw|canonical|ingest|reports|probe)\//;

interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAtMs: number;
}

/** Ends uploads of our layout that nobody goes on with, and forgets states without an upload; answers how many. */
export async function sweepUploads(uploading: Uploading, signal: AbortSignal): Promise<number> {
  const { link, states } = uploading;
  // Before the uploads are listed: one that begins in between must not look as if it were gone.
  const remembered = await states.list();
  const uploads = await listUploads(uploading, signal);
  const serverNowMs = Date.now() + (link.traits.clockDifferenceMs ?? 0);
  const resumable = new Set(remembered.map((state) => state.uploadId));
  const alive = new Set<string>();
  let swept = await states.sweep();
  for (const { key, uploadId, startedAtMs } of uploads) {
    if (serverNowMs - startedAtMs < (resumable.has(uploadId) ? GIVEN_UP_MS : ORPHANED_MS))
      alive.add(uploadId);
    else {
      await abortUpload(uploading, key, uploadId, signal);
      swept += 1;
    }
  }
  const { bucket } = link.identity('', '');
  for (const state of remembered) {
    const isAlive =
      state.bucket === bucket
        ? alive.has(state.uploadId)
        : Date.now() - Date.parse(state.startedAt) < GIVEN_UP_MS;
    if (isAlive) continue;
    await states.remove(state);
    swept += 1;
  }
  return swept;
}

async function listUploads(
  { link, attempts }: Pick<Uploading, 'link' | 'attempts'>,
  signal: AbortSignal,
): Promise<readonly Upload[]> {
  const uploads: Upload[] = [];
  let marker: { KeyMarker: string; UploadIdMarker?: string } | null = null;
  do {
    const from: { KeyMarker?: string; UploadIdMarker?: string } = marker ?? {};
    const page = await attempts.run(signal, () =>
      link.call('ListMultipartUploads', { signal }, (client, options) =>
        client.send(
          new ListMultipartUploadsCommand({ Bucket: link.bucket, Prefix: link.fullKey(''), ...from }),
          options,
        ),
      ),
    );
    for (const { Key: fullKey, UploadId: uploadId, Initiated: startedAt } of page.Uploads ?? []) {
      if (fullKey === undefined || uploadId === undefined || startedAt === undefined) continue;
      const key = link.ownKey(fullKey);
      if (OURS.test(key)) uploads.push({ key, uploadId, startedAtMs: startedAt.getTime() });
    }
    marker =
      page.IsTruncated && page.NextKeyMarker
        ? {
            KeyMarker: page.NextKeyMarker,
            ...(page.NextUploadIdMarker ? { UploadIdMarker: page.NextUploadIdMarker } : {}),
          }
        : null;
  } while (marker !== null);
  return uploads;
}
