import { createHash, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { ProbeStep } from '#shared/contract/connections';
import { toAppError, type AppError } from '#shared/errors/app-error';
import type { ConnectionContext, ConnectionProbe } from '../../services/connections/ports.ts';
import { S3Link, type Timeouts } from './link.ts';
import { SHA256_METADATA } from './object-reader.ts';

/** A person waits for the answer. */
const PROBE_TIMEOUTS: Timeouts = { connectMs: 5_000, idleMs: 15_000 };

/** S3 refuses requests from 15 minutes on. */
const CLOCK_WARNING_MS = 5 * 60 * 1_000;

interface StepOutcome {
  readonly state: 'ok' | 'warning';
  readonly detail: string;
}
const ok = (detail: string): StepOutcome => ({ state: 'ok', detail });

/** Tries out a bucket. Each request is made once: what fails is shown, not tried again. */
export function createS3Probe({ timeouts = PROBE_TIMEOUTS }: { timeouts?: Timeouts } = {}): ConnectionProbe {
  const connect = ({ connections, secrets }: ConnectionContext): S3Link | null =>
    connections.s3 === null ? null : new S3Link(connections.s3, secrets, timeouts);
  return {
    async test(context, signal) {
      const link = connect(context);
      if (link === null) {
        const detail = 'No bucket is set: objects are kept on this computer.';
        return [{ name: 'Settings', state: 'skipped', detail, elapsedMs: 0, error: null }];
      }
      try {
        return await new BucketTest(link, signal).run();
      } finally {
        link.close();
      }
    },

    async look(context, signal) {
      const name = 'Object store';
      const link = connect(context);
      if (link === null) return [{ name, state: 'off', latencyMs: null, version: null, error: null }];
      const startedAtMs = performance.now();
      try {
        await headBucket(link, signal);
        const latencyMs = performance.now() - startedAtMs;
        return [{ name, state: 'ok', latencyMs, version: link.traits.server, error: null }];
      } catch (thrown) {
        const error = failureOf(thrown);
        return [
          { name, state: 'failed', latencyMs: null, version: link.traits.server, error: error.toJSON() },
        ];
      } finally {
        link.close();
      }
    },
  };
}

/** Cancelling is not an outcome of the test. */
function failureOf(thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code === 'app.cancelled') throw error;
  return error;
}

const headBucket = (link: S3Link, signal: AbortSignal) =>
  link.call('HeadBucket', { signal }, (client, options) =>
    client.send(new HeadBucketCommand({ Bucket: link.bucket }), options),
  );

/** One round trip of a small object of a name of its own, which is gone afterwards. */
class BucketTest {
  readonly #link: S3Link;
  readonly #signal: AbortSignal;
  readonly #key = `probe/${randomUUID()}`;
  readonly #bytes = Buffer.from(`Mauzo was here to test the connection: ${randomUUID()}\n`);
  readonly #steps: ProbeStep[] = [];
  #isWritten = false;
  #uploadId: string | null = null;

  constructor(link: S3Link, signal: AbortSignal) {
    this.#link = link;
    this.#signal = signal;
  }

  async run(): Promise<readonly ProbeStep[]> {
    const steps: readonly [string, () => Promise<StepOutcome> | StepOutcome][] = [
      ['Reach the bucket', () => this.#reach()],
      ['Compare the clocks', () => this.#compareClocks()],
      ['List what is there', () => this.#list()],
      ['Write a small object', () => this.#write()],
      ['Look at its size and fingerprint', () => this.#head()],
      ['Read it back', () => this.#read()],
      ['Begin and cancel a large upload', () => this.#beginUpload()],
      ['Delete the small object', () => this.#delete()],
    ];
    try {
      for (const [name, work] of steps) if (!(await this.#step(name, work))) break;
    } finally {
      await this.#tidyUp();
    }
    return this.#steps;
  }

  async #step(name: string, work: () => Promise<StepOutcome> | StepOutcome): Promise<boolean> {
    const startedAtMs = performance.now();
    const elapsedMs = () => performance.now() - startedAtMs;
    try {
      const { state, detail } = await work();
      this.#steps.push({ name, state, detail, elapsedMs: elapsedMs(), error: null });
      return true;
    } catch (thrown) {
      const error = failureOf(thrown).toJSON();
      this.#steps.push({ name, state: 'failed', detail: '', elapsedMs: elapsedMs(), error });
      return false;
    }
  }

  get #target() {
    return { Bucket: this.#link.bucket, Key: this.#link.fullKey(this.#key) };
  }
  get #request() {
    return { key: this.#key, signal: this.#signal };
  }

  async #reach(): Promise<StepOutcome> {
    await headBucket(this.#link, this.#signal);
    const { bucket, traits } = this.#link;
    return ok(`${bucket} answers${traits.server === null ? '' : ` (${traits.server})`}.`);
  }

  #compareClocks(): StepOutcome {
    const differenceMs = this.#link.traits.clockDifferenceMs;
    if (differenceMs === null) return ok('The server does not tell its time.');
    const seconds = Math.round(Math.abs(differenceMs) / 1_000);
    const detail = `This computer is ${seconds} seconds ${differenceMs > 0 ? 'behind' : 'ahead of'} the server.`;
    if (Math.abs(differenceMs) <= CLOCK_WARNING_MS) return ok(detail);
    return {
      state: 'warning',
      detail: `${detail} From 15 minutes on it refuses every request: set the clock of this computer.`,
    };
  }

  async #list(): Promise<StepOutcome> {
    await this.#link.call('ListObjectsV2', this.#request, (client, options) =>
      client.send(
        new ListObjectsV2Command({ Bucket: this.#link.bucket, Prefix: this.#link.fullKey(''), MaxKeys: 1 }),
        options,
      ),
    );
    const { prefix } = this.#link.connection;
    return ok(prefix === '' ? 'The bucket can be listed.' : `What is below ${prefix}/ can be listed.`);
  }

  async #write(): Promise<StepOutcome> {
    const hash = createHash('sha256').update(this.#bytes);
    const sha256 = hash.copy().digest('hex');
    this.#isWritten = true;
    const answer = await this.#link.call('PutObject', this.#request, (client, options) =>
      client.send(
        new PutObjectCommand({
          ...this.#target,
          Body: this.#bytes,
          ContentLength: this.#bytes.byteLength,
          ChecksumSHA256: hash.digest('base64'),
          Metadata: { [SHA256_METADATA]: sha256 },
        }),
        options,
      ),
    );
    if (!answer.ETag) throw this.#link.notS3('PutObject', 'no tag of the object');
    return ok(`${this.#target.Key}, ${this.#bytes.byteLength} bytes`);
  }

  async #head(): Promise<StepOutcome> {
    const answer = await this.#link.call('HeadObject', this.#request, (client, options) =>
      client.send(new HeadObjectCommand(this.#target), options),
    );
    if (answer.ContentLength !== this.#bytes.byteLength)
      throw this.#link.notS3('HeadObject', `a size of ${answer.ContentLength ?? 'nothing'}`);
    if (answer.Metadata?.[SHA256_METADATA] === undefined)
      return {
        state: 'warning',
        detail: 'The server forgets the fingerprint of objects: Mauzo reads them again to check them.',
      };
    return ok('As written.');
  }

  async #read(): Promise<StepOutcome> {
    const found = await this.#link.call('GetObject', this.#request, async (client, options) => {
      const answer = await client.send(new GetObjectCommand(this.#target), options);
      return answer.Body?.transformToByteArray();
    });
    if (!found || !this.#bytes.equals(found))
      throw this.#link.notS3('GetObject', 'other bytes than were written');
    return ok('The same bytes came back.');
  }

  async #beginUpload(): Promise<StepOutcome> {
    const { UploadId } = await this.#link.call('CreateMultipartUpload', this.#request, (client, options) =>
      client.send(
        new CreateMultipartUploadCommand({ ...this.#target, ChecksumAlgorithm: 'SHA256' }),
        options,
      ),
    );
    if (!UploadId) throw this.#link.notS3('CreateMultipartUpload', 'no id of the upload');
    this.#uploadId = UploadId;
    await this.#link.call('ListParts', this.#request, (client, options) =>
      client.send(new ListPartsCommand({ ...this.#target, UploadId }), options),
    );
    await this.#cancelUpload(UploadId, this.#signal);
    return ok('Files of any size can be uploaded, and go on after an interruption.');
  }

  async #cancelUpload(uploadId: string, signal: AbortSignal): Promise<void> {
    await this.#link.call('AbortMultipartUpload', { key: this.#key, signal }, (client, options) =>
      client.send(new AbortMultipartUploadCommand({ ...this.#target, UploadId: uploadId }), options),
    );
    this.#uploadId = null;
  }

  async #delete(signal = this.#signal): Promise<StepOutcome> {
    await this.#link.call('DeleteObject', { key: this.#key, signal }, (client, options) =>
      client.send(new DeleteObjectCommand(this.#target), options),
    );
    this.#isWritten = false;
    return ok('Nothing is left behind.');
  }

  /** Takes away what a step that failed, or a cancelled test, has left. */
  async #tidyUp(): Promise<void> {
    const signal = AbortSignal.timeout(PROBE_TIMEOUTS.idleMs);
    const rest = [
      ...(this.#uploadId === null ? [] : [this.#cancelUpload(this.#uploadId, signal)]),
      ...(this.#isWritten ? [this.#delete(signal)] : []),
    ];
    // The step that failed says why; that tidying up fails for the same reason would say nothing more.
    await Promise.allSettled(rest);
  }
}
