import { AppError } from '#shared/errors/app-error';
import { rawKey, type ObjectStore } from '../imports/ports.ts';
import type { ImportRecord } from '../imports/index.ts';

export interface ObjectToCopy {
  readonly key: string;
  readonly sha256: string;
}

export interface CopiedObjects {
  readonly copied: number;
  /** Were there already. */
  readonly kept: number;
  /** Are not in the source. */
  readonly missing: readonly string[];
}

/** Raw file and canonical files of imports; equal bytes of several imports are one object. */
export function objectsOf(imports: readonly ImportRecord[]): readonly ObjectToCopy[] {
  const objects = new Map<string, ObjectToCopy>();
  for (const { dataset, rawSha256, chunks } of imports) {
    const key = rawKey(dataset, rawSha256);
    objects.set(key, { key, sha256: rawSha256 });
    for (const chunk of chunks) objects.set(chunk.key, { key: chunk.key, sha256: chunk.sha256 });
  }
  return [...objects.values()];
}

/** Copies objects from one store to another, each verified by what the target says it holds. */
export async function copyObjects(
  from: ObjectStore,
  to: ObjectStore,
  objects: readonly ObjectToCopy[],
  signal: AbortSignal,
): Promise<CopiedObjects> {
  let copied = 0;
  let kept = 0;
  const missing: string[] = [];
  for (const { key, sha256 } of objects) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    if ((await to.head(key))?.sha256 === sha256) {
      kept += 1;
      continue;
    }
    if ((await from.head(key)) === null) {
      missing.push(key);
      continue;
    }
    await to.putFile(key, await from.localPath(key), { sha256, signal });
    const stored = await to.head(key);
    if (stored?.sha256 !== sha256)
      throw new AppError('moving.not_verified', 'bug', {
        what: key,
        expected: sha256,
        actual: stored?.sha256 ?? 'nothing',
      });
    copied += 1;
  }
  return { copied, kept, missing };
}
