import { join } from 'node:path';
import { createLocalObjectStore } from '../../src/main/adapters/local-files/index.ts';
import { createS3ObjectStore } from '../../src/main/adapters/s3/index.ts';
import type { S3Tuning } from '../../src/main/adapters/s3/s3-object-store.ts';
import type { Secrets } from '../../src/main/services/connections/ports.ts';
import type { S3Connection } from '../../src/shared/domain/connections.ts';
import type { S3Credentials } from './s3-server.ts';

/** The smallest that S3 joins. */
export const PART_BYTES = 5 * 1024 * 1024;

export const secretsOf = ({ secretAccessKey }: S3Credentials): Secrets => ({
  's3.secretAccessKey': secretAccessKey,
});

/** A store as a data folder has it, with small parts and short waits. */
export function openStore(
  connection: S3Connection,
  secrets: Secrets,
  home: string,
  tuning: Partial<S3Tuning> = {},
) {
  return createS3ObjectStore({
    connection,
    secrets,
    cache: createLocalObjectStore({ folder: join(home, 'cache') }),
    stateFolder: join(home, 'uploads'),
    tuning: {
      partBytes: PART_BYTES,
      parallelParts: 4,
      patience: { attempts: 5, firstMs: 10, longestMs: 100, totalMs: 60_000 },
      timeouts: { connectMs: 5_000, idleMs: 30_000 },
      ...tuning,
    },
  });
}
