import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { S3Connection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import type { Secrets } from '../../services/connections/ports.ts';
import { credentialsProvider } from './credentials.ts';
import { isAboutCredentials, toS3Error, type RequestContext } from './errors.ts';
import { readFailure } from './failure.ts';
import type { S3Operation } from './operations.ts';
import { Redactor } from './redactor.ts';
import { speaksTls } from './speaks-tls.ts';
import type { UploadIdentity } from './upload-states.ts';

export interface Timeouts {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Without a byte in either direction; a slow upload that moves is not cut off. */
  readonly idleMs: number;
}
export const TIMEOUTS: Timeouts = { connectMs: 10_000, idleMs: 60_000 };

/** What the head of a server's last answer said of the server. */
export interface ServerTraits {
  /** Its `Server` header. */
  readonly server: string | null;
  /** Its clock minus ours, exact to a second; null before the first answer. */
  readonly clockDifferenceMs: number | null;
}

/** One of our keys and the signal that ends the request. */
interface Request {
  readonly key?: string;
  readonly signal: AbortSignal;
  /** Set where the next request would fail with the reason, if an absent object is not the reason. */
  readonly believesAbsence?: boolean;
}

/**
 * One bucket over the AWS SDK: single requests without any retry, whose failures are ready {@link AppError}s. The SDK's
 * own retries, redirects and clock correction are off, so that there is one policy and nothing is corrected in silence.
 */
export class S3Link {
  readonly connection: S3Connection;
  readonly bucket: string;
  readonly #secrets: Secrets;
  readonly #timeouts: Timeouts;
  readonly #redactor = new Redactor();
  #client: S3Client | null = null;
  #hasAnswered = false;
  #traits: ServerTraits = { server: null, clockDifferenceMs: null };

  constructor(connection: S3Connection, secrets: Secrets, timeouts: Timeouts = TIMEOUTS) {
    this.connection = connection;
    this.bucket = connection.bucket;
    this.#secrets = secrets;
    this.#timeouts = timeouts;
    this.#redactor.add(secrets['s3.secretAccessKey'], secrets['s3.sessionToken']);
  }

  get traits(): ServerTraits {
    return this.#traits;
  }

  /** The object's key in the bucket. */
  fullKey(key: string): string {
    return this.connection.prefix === '' ? key : `${this.connection.prefix}/${key}`;
  }

  /** Our key of an object in the bucket. */
  ownKey(fullKey: string): string {
    return fullKey.slice(this.fullKey('').length);
  }

  /** What an upload of the file under the key is known by on this machine. */
  identity(key: string, sha256: string): UploadIdentity {
    const { endpoint, region, bucket } = this.connection;
    return { bucket: `${endpoint ?? region}/${bucket}`, fullKey: this.fullKey(key), sha256 };
  }

  async call<Answer>(
    operation: S3Operation,
    { key = '', signal, believesAbsence = false }: Request,
    send: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    const context = { operation, connection: this.connection, key, redactor: this.#redactor };
    try {
      return await send(this.#connect(), { abortSignal: signal });
    } catch (thrown) {
      throw await this.#explain(thrown, context, signal, believesAbsence);
    }
  }

  /** The error of something that failed outside `call`: while a body was read. */
  errorOf(thrown: unknown, operation: S3Operation, key: string, signal: AbortSignal): AppError {
    return this.#name(
      thrown,
      { operation, connection: this.connection, key, redactor: this.#redactor },
      signal,
    );
  }

  /** Of an answer that says "done" without what S3 always says with it. */
  notS3(operation: S3Operation, lack: string): AppError {
    const { endpoint, region } = this.connection;
    return new AppError('s3.not_s3', 'input', {
      endpoint: endpoint ?? `Amazon S3 in ${region}`,
      status: 200,
      message: `${operation}: ${lack}`,
    });
  }

  /** Some failures do not say their cause; another question brings it out. */
  async #explain(
    thrown: unknown,
    context: RequestContext,
    signal: AbortSignal,
    believesAbsence: boolean,
  ): Promise<AppError> {
    const error = this.#name(thrown, context, signal);
    if (signal.aborted || (believesAbsence && error.code === 'objects.missing')) return error;
    const { status, isS3Answer } = readFailure(thrown);
    const isMute = status !== null && status >= 300 && status < 500 && !isS3Answer;
    if (isMute && context.operation.startsWith('Head')) return this.#explainHead(error, context, signal);
    const { endpoint } = this.connection;
    // Many servers that speak https hang up on plain http without a word.
    if (error.code === 's3.connection_lost' && !this.#hasAnswered && endpoint?.startsWith('http:')) {
      const details = { endpoint, used: 'http', spoken: 'https' };
      if (await speaksTls(endpoint, signal))
        return new AppError('s3.scheme', 'input', details, { cause: error });
    }
    return error;
  }

  /** Answers to HEAD have no body and so no cause: a list of the same object fails with the cause, or not at all. */
  async #explainHead(error: AppError, context: RequestContext, signal: AbortSignal): Promise<AppError> {
    try {
      await this.#connect().send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.fullKey(context.key), MaxKeys: 1 }),
        { abortSignal: signal },
      );
    } catch (thrown) {
      return this.#name(thrown, { ...context, operation: 'ListObjectsV2' }, signal);
    }
    return error;
  }

  #name(thrown: unknown, context: RequestContext, signal: AbortSignal): AppError {
    if (signal.aborted) return new AppError('app.cancelled', 'cancelled');
    const error = toS3Error(thrown, context);
    // The next request asks for credentials again: the person may have signed in meanwhile.
    if (isAboutCredentials(error)) this.#client = null;
    return error;
  }

  /** Lets go of its connections. */
  close(): void {
    this.#client?.destroy();
    this.#client = null;
  }

  #connect(): S3Client {
    this.#client ??= this.#createClient();
    return this.#client;
  }

  #createClient(): S3Client {
    const { endpoint, region, pathStyle } = this.connection;
    const client = new S3Client({
      region,
      ...(endpoint === null ? {} : { endpoint }),
      forcePathStyle: pathStyle,
      credentials: credentialsProvider(this.connection, this.#secrets, this.#redactor),
      maxAttempts: 1,
      followRegionRedirects: false,
      disableClockSkewCorrection: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // With it the SDK opens a new connection for every part.
      expectContinueHeader: false,
      requestHandler: {
        connectionTimeout: this.#timeouts.connectMs,
        socketTimeout: this.#timeouts.idleMs,
      },
    });
    // The body's SHA-256 is known before it is sent; the SDK would compute it once more for the signature.
    client.middlewareStack.add(
      (next) => (args) => {
        const headers = headersOf(args.request);
        const checksum = headers?.['x-amz-checksum-sha256'];
        if (headers && checksum)
          headers['x-amz-content-sha256'] = Buffer.from(checksum, 'base64').toString('hex');
        return next(args);
      },
      { step: 'build', name: 'payloadHashIsKnown' },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        this.#noteTraits(headersOf(result.response) ?? {});
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'noteServerTraits' },
    );
    return client;
  }

  #noteTraits(headers: Record<string, string>): void {
    this.#hasAnswered = true;
    const serverMs = Date.parse(headers['date'] ?? '');
    this.#traits = {
      server: headers['server'] ?? null,
      clockDifferenceMs: Number.isNaN(serverMs) ? null : serverMs - Date.now(),
    };
  }
}

/** The SDK types requests and answers of its middleware as unknown. */
function headersOf(message: unknown): Record<string, string> | null {
  return hasHeaders(message) ? message.headers : null;
}
const hasHeaders = (message: unknown): message is { headers: Record<string, string> } =>
  typeof message === 'object' &&
  message !== null &&
  'headers' in message &&
  typeof message.headers === 'object' &&
  message.headers !== null;
