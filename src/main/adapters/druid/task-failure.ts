import { z } from 'zod';
import { AppError, type ErrorDetails } from '#shared/errors/app-error';
import { druidErrors } from '#shared/errors/druid';

/** What a failed task was asked to read, as far as Mauzo knows: it tells causes apart that read alike. */
export interface FailureContext {
  readonly taskId: string;
  readonly bucket: string;
  /** Address of the object store that Mauzo itself uses; null for Amazon's. */
  readonly endpoint: string | null;
}

interface Thrown {
  /** Simple name of the class. */
  readonly type: string;
  readonly message: string;
}

/** The exceptions of a Java stack trace, outermost first, without their frames. */
function exceptionsOf(trace: string): readonly Thrown[] {
  return [...trace.matchAll(/^(?:Caused by: )?(?:[a-z][\w$]*\.)+([A-Z][\w$]*)(?:: ([^\n]*))?$/gm)].map(
    ([, type = '', message = '']) => ({ type, message }),
  );
}

/** What S3 answered, as the AWS SDK prints it: "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; …". */
function s3AnswerOf(exceptions: readonly Thrown[]): { code: string; status: number } | null {
  for (const { type, message } of exceptions) {
    const status = /Status Code: (\d{3})/.exec(message)?.[1];
    if (status === undefined || !/Service: (Amazon )?S3\b/.test(message)) continue;
    // SDK 2 prints no code; its exceptions are named after it (NoSuchKeyException).
    const code = /Error Code: ([\w.]+)/.exec(message)?.[1] ?? type.replace(/Exception$/, '');
    return { code, status: Number(status) };
  }
  return null;
}

type Code = keyof typeof druidErrors;

const S3_CODES: Readonly<Record<string, Code>> = {
  SignatureDoesNotMatch: 'druid.s3_wrong_secret',
  InvalidAccessKeyId: 'druid.s3_unknown_key',
  XAdminUserNotFound: 'druid.s3_unknown_key',
  AuthorizationHeaderMalformed: 'druid.s3_wrong_region',
  PermanentRedirect: 'druid.s3_wrong_region',
  TemporaryRedirect: 'druid.s3_wrong_region',
  IllegalLocationConstraintException: 'druid.s3_wrong_region',
  NoSuchBucket: 'druid.s3_no_bucket',
  NoSuchKey: 'druid.s3_no_object',
  AccessDenied: 'druid.s3_denied',
  AllAccessDisabled: 'druid.s3_denied',
  ExpiredToken: 'druid.s3_denied',
  RequestTimeTooSkewed: 'druid.s3_clock',
  SlowDown: 'druid.s3_unreachable',
  ServiceUnavailable: 'druid.s3_unreachable',
  InternalError: 'druid.s3_unreachable',
};

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ConnectException',
  'HttpHostConnectException',
  'ConnectTimeoutException',
  'NoRouteToHostException',
  'SocketTimeoutException',
  'NoHttpResponseException',
  'SocketException',
]);

/**
 * Names why a task failed. Causes are told apart by what is fixed in the trace: class names and S3's error codes; a
 * trace in which nothing is known becomes `druid.task_failed` with all of it.
 */
export function taskFailure(trace: string, context: FailureContext): AppError {
  const exceptions = exceptionsOf(trace);
  const has = (type: string) => exceptions.find((thrown) => thrown.type === type);
  const named = (code: Code, details: ErrorDetails = {}) =>
    new AppError(code, druidErrors[code].kind, {
      ...details,
      taskId: context.taskId,
      bucket: context.bucket,
      answer: trace.slice(0, MAX_SHOWN),
    });

  const answer = s3AnswerOf(exceptions);
  if (answer && isDeepStorage(trace)) return named('druid.deep_storage', { reason: answer.code });
  if (answer) return named(s3Named(answer), { reason: answer.code, status: answer.status });

  const unknownHost = has('UnknownHostException');
  if (unknownHost)
    return named(hostNamed(unknownHost.message, context), { host: hostOf(unknownHost.message) });
  const handshake = has('SSLHandshakeException') ?? has('SSLPeerUnverifiedException');
  if (handshake) return named('druid.s3_tls', { reason: handshake.message });
  const ssl = has('SSLException');
  if (ssl) return named('druid.s3_wrong_scheme', { reason: ssl.message });
  const unreachable = exceptions.find(({ type }) => UNREACHABLE.has(type));
  if (unreachable) return named('druid.s3_unreachable', { reason: unreachable.message });
  return named(otherNamed(trace, exceptions));
}

/** Names an answer to a submitted task that is neither "accepted" nor "already there". */
export function submitFailure(status: number, body: unknown, context: FailureContext): AppError {
  const parsed = refusalSchema.safeParse(body);
  const answer = (
    (parsed.success ? (parsed.data.errorMessage ?? parsed.data.error) : null) ??
    (typeof body === 'string' ? body : JSON.stringify(body))
  ).slice(0, MAX_SHOWN);
  const code = refusalCode(status, answer);
  return new AppError(code, druidErrors[code].kind, { taskId: context.taskId, status, answer });
}

/** Up to Druid 26 `error` is the text; later it is a word, and the text is `errorMessage`. */
const refusalSchema = z.object({ error: z.string().nullish(), errorMessage: z.string().nullish() });

function refusalCode(status: number, answer: string): Code {
  if (status >= 500) return 'druid.overlord_failed';
  if (/type id 's3'|load all the necessary extensions/i.test(answer)) return 'druid.s3_extension_missing';
  if (/find a region|load region/i.test(answer)) return 'druid.s3_no_region';
  if (/Unable to load (AWS )?credentials/i.test(answer)) return 'druid.s3_no_credentials';
  return 'druid.spec_refused';
}

function s3Named({ code, status }: { code: string; status: number }): Code {
  const known = S3_CODES[code];
  if (known) return known;
  if (status === 403) return 'druid.s3_denied';
  if (status >= 500) return 'druid.s3_unreachable';
  return 'druid.s3_refused';
}

const hostOf = (message: string) => message.split(':')[0]?.trim() ?? message;

/** A name that nobody knows says which setting is missing. */
function hostNamed(message: string, { bucket, endpoint }: FailureContext): Code {
  const host = hostOf(message).toLowerCase();
  if (host.endsWith('.amazonaws.com') && endpoint !== null && !/\.amazonaws\.com/i.test(endpoint))
    return 'druid.s3_no_endpoint';
  return host.startsWith(`${bucket.toLowerCase()}.`) ? 'druid.s3_no_path_style' : 'druid.s3_unreachable';
}

/** The trace of a failure while segments are written into Druid's own storage, not while our files are read. */
const isDeepStorage = (trace: string) => /\bat [\w.]*(DataSegmentPusher|DataSegmentKiller)\b/.test(trace);

function otherNamed(trace: string, exceptions: readonly Thrown[]): Code {
  const any = (type: string, text?: RegExp) =>
    exceptions.some((thrown) => thrown.type === type && (text?.test(thrown.message) ?? true));
  const first = trace.split('\n')[0] ?? '';
  if (any('SdkClientException', /Unable to load (AWS )?credentials/i)) return 'druid.s3_no_credentials';
  if (any('SdkClientException', /find a region|load region/i)) return 'druid.s3_no_region';
  if (any('OutOfMemoryError')) return 'druid.out_of_memory';
  if (any('IOException', /No space left on device/)) return 'druid.disk_full';
  if (any('ParseException') || any('RE', /Max parse exceptions/)) return 'druid.rows_refused';
  if (/task locks\. Maybe they are revoked|Lock was revoked|reacquire (at least one )?lock/i.test(trace))
    return 'druid.lock_lost';
  // What the Overlord itself writes of a task whose worker went away, or that was stopped: there is no trace then.
  if (exceptions.length > 0) return 'druid.task_failed';
  if (
    /worker .*(disappeared|did not start)|disappeared on the worker|worker cleanup|assign this task/i.test(
      first,
    )
  )
    return 'druid.worker_lost';
  if (/shut ?down|cancell?ed|asked to stop/i.test(first)) return 'druid.task_stopped';
  return 'druid.task_failed';
}

const MAX_SHOWN = 20_000;
