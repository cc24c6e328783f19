/** The file that says where the servers of a stack are: what tests and people find it by. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomically } from './files.mts';

const portSchema = z.int().min(1).max(65_535);

const stackInfoSchema = z.strictObject({
  s3: z.strictObject({
    endpoint: z.url(),
    region: z.string().min(1),
    bucket: z.string().min(1),
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
  }),
  druid: z.strictObject({ coordinatorUrl: z.url(), brokerUrl: z.url() }),
  postgres: z.strictObject({
    host: z.string().min(1),
    port: portSchema,
    database: z.string().min(1),
    user: z.string().min(1),
    password: z.string().min(1),
  }),
  /** The run folder: settings, data, logs. */
  folder: z.string().min(1),
  /** By service; of the processes that ran when the file was written. */
  pids: z.record(z.string(), z.int().positive()),
});

export type StackInfo = z.infer<typeof stackInfoSchema>;

export function readStackInfo(path: string): StackInfo {
  return stackInfoSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Readable for the owner only: it holds credentials. */
export function writeStackInfo(path: string, info: StackInfo): void {
  writeFileAtomically(path, `${JSON.stringify(stackInfoSchema.parse(info), null, 2)}\n`);
}
