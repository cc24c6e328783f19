import { z } from 'zod';

const textOrNull = z.string().nullable().catch(null);

/** What the SDK, Node's sockets and TLS put on the errors that they throw. Anything may be absent. */
const thrownSchema = z.object({
  name: z.string().catch('Error'),
  message: z.string().catch(''),
  code: textOrNull,
  Code: textOrNull,
  hostname: textOrNull,
  host: textOrNull,
  Region: textOrNull,
  BucketName: textOrNull,
  Key: textOrNull,
  ServerTime: textOrNull,
  $metadata: z.object({ httpStatusCode: z.number().nullable().catch(null), requestId: textOrNull }).catch({
    httpStatusCode: null,
    requestId: null,
  }),
  $response: z.object({ headers: z.record(z.string(), z.string()).catch({}) }).catch({ headers: {} }),
  $responseBodyText: textOrNull,
  body: textOrNull,
  cert: z.object({ subjectaltname: textOrNull }).catch({ subjectaltname: null }),
});

/** The facts of a failed request, by which it is told what went wrong. */
export interface S3Failure {
  /** The code of the server's answer, or the kind of the SDK's own error. */
  readonly name: string;
  readonly message: string;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** Whether the answer was an error as S3 words them, with a code. */
  readonly isS3Answer: boolean;
  /** Code of Node's sockets and TLS: `ECONNREFUSED`. */
  readonly nodeCode: string | null;
  readonly host: string | null;
  readonly certificateNames: string | null;
  readonly region: string | null;
  readonly bucketName: string | null;
  readonly serverTime: string | null;
  readonly location: string | null;
}

/** Answers that are no S3 error carry a page of some other server, of which the beginning is enough. */
const MAX_TEXT = 2_000;

export function readFailure(thrown: unknown): S3Failure {
  const found = thrownSchema.parse(typeof thrown === 'object' && thrown !== null ? thrown : {});
  const { headers } = found.$response;
  const status = found.$metadata.httpStatusCode;
  const pageText = found.$responseBodyText ?? found.body;
  return {
    name: found.name,
    message: (pageText ?? found.message).slice(0, MAX_TEXT),
    status,
    requestId: found.$metadata.requestId,
    isS3Answer: status !== null && found.Code !== null,
    nodeCode: found.code,
    host: found.hostname ?? found.host,
    certificateNames: found.cert.subjectaltname,
    region: found.Region ?? headers['x-amz-bucket-region'] ?? null,
    bucketName: found.BucketName,
    serverTime: found.ServerTime ?? headers['date'] ?? null,
    location: headers['location'] ?? null,
  };
}
