import type { S3Connection } from '#shared/domain/connections';
import { AppError, type ErrorDetails } from '#shared/errors/app-error';
import type { ErrorEntry } from '#shared/errors/catalogue';
import { s3Errors } from '#shared/errors/s3';
import { readFailure, type S3Failure } from './failure.ts';
import { RIGHTS, type S3Operation } from './operations.ts';
import type { Redactor } from './redactor.ts';

type S3Code = keyof typeof s3Errors;

/** What was asked of whom when it failed. */
export interface RequestContext {
  readonly operation: S3Operation;
  readonly connection: S3Connection;
  /** Of our own layout, without the connection's prefix; '' when the request was not about one object. */
  readonly key: string;
  readonly redactor: Redactor;
}

/** Over within seconds as a rule: worth another try by the adapter itself. */
const PASSING: ReadonlySet<string> = new Set<S3Code>([
  's3.port_closed',
  's3.unreachable',
  's3.connection_lost',
  's3.timeout',
  's3.slow_down',
  's3.unavailable',
  's3.corrupted',
]);
export const isPassing = (error: AppError): boolean => PASSING.has(error.code);

/** The request may have reached the server and its answer not us. */
const WITHOUT_ANSWER: ReadonlySet<string> = new Set<S3Code>(['s3.connection_lost', 's3.timeout']);
export const isWithoutAnswer = (error: AppError): boolean => WITHOUT_ANSWER.has(error.code);

/** Another sign-in may make them go away, without a change of the settings. */
const CREDENTIALS: ReadonlySet<string> = new Set<S3Code>([
  's3.wrong_key_id',
  's3.wrong_secret',
  's3.token_expired',
  's3.token_invalid',
  's3.profile_unusable',
  's3.environment_missing',
]);
export const isAboutCredentials = (error: AppError): boolean => CREDENTIALS.has(error.code);

/** The server's words, where it has words for it. */
const BY_NAME: Readonly<Record<string, S3Code>> = {
  InvalidAccessKeyId: 's3.wrong_key_id',
  // versitygw
  XAdminUserNotFound: 's3.wrong_key_id',
  SignatureDoesNotMatch: 's3.wrong_secret',
  ExpiredToken: 's3.token_expired',
  ExpiredTokenException: 's3.token_expired',
  TokenRefreshRequired: 's3.token_expired',
  RequestExpired: 's3.token_expired',
  InvalidToken: 's3.token_invalid',
  PermanentRedirect: 's3.wrong_region',
  IllegalLocationConstraintException: 's3.wrong_region',
  NoSuchBucket: 's3.no_such_bucket',
  AccessDenied: 's3.no_right',
  AllAccessDisabled: 's3.no_right',
  RequestTimeTooSkewed: 's3.clock_skew',
  BadDigest: 's3.corrupted',
  InvalidDigest: 's3.corrupted',
  XAmzContentSHA256Mismatch: 's3.corrupted',
  IncompleteBody: 's3.connection_lost',
  RequestTimeout: 's3.timeout',
  SlowDown: 's3.slow_down',
  ServiceUnavailable: 's3.slow_down',
  TooManyRequests: 's3.slow_down',
  RequestLimitExceeded: 's3.slow_down',
  InternalError: 's3.unavailable',
  NoSuchUpload: 's3.upload_gone',
  InvalidPart: 's3.upload_gone',
  PreconditionFailed: 's3.already_there',
  ConditionalRequestConflict: 's3.already_there',
  OperationAborted: 's3.already_there',
  NotImplemented: 's3.checksum_refused',
  QuotaExceeded: 's3.storage_full',
  // MinIO
  XMinioStorageFull: 's3.storage_full',
};

const BY_NODE_CODE: Readonly<Record<string, S3Code>> = {
  ECONNREFUSED: 's3.port_closed',
  ENOTFOUND: 's3.unknown_host',
  EAI_AGAIN: 's3.unreachable',
  ENETUNREACH: 's3.unreachable',
  ENETDOWN: 's3.unreachable',
  EHOSTUNREACH: 's3.unreachable',
  EHOSTDOWN: 's3.unreachable',
  EADDRNOTAVAIL: 's3.unreachable',
  ECONNRESET: 's3.connection_lost',
  ECONNABORTED: 's3.connection_lost',
  EPIPE: 's3.connection_lost',
  ETIMEDOUT: 's3.timeout',
  ERR_TLS_CERT_ALTNAME_INVALID: 's3.certificate_name',
  CERT_HAS_EXPIRED: 's3.certificate_expired',
  CERT_NOT_YET_VALID: 's3.certificate_expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 's3.certificate_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 's3.certificate_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 's3.certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 's3.certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 's3.certificate_untrusted',
  CERT_UNTRUSTED: 's3.certificate_untrusted',
};

/** OpenSSL has no code of its own for "this is no TLS": the text is its reason, unchanged for decades. */
const NOT_TLS = /wrong version number|packet length too long|unknown protocol|http request/i;

/** A server that speaks https complains about plain http in a page of its own. */
const WANTS_HTTPS = /https/i;

function codeOf(failure: S3Failure, { operation, connection }: RequestContext): S3Code {
  const { name, status, nodeCode } = failure;
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (named === 's3.no_such_bucket' && isAskedForAnotherBucket(failure, connection)) return 's3.path_style';
  if (named !== undefined) return named;
  if (name === 'AuthorizationHeaderMalformed' && failure.region !== null) return 's3.wrong_region';
  if (name === 'InvalidBucketName' && bucketIsInHost(connection)) return 's3.path_style';
  if (failure.isS3Answer && /checksum/i.test(failure.message) && RIGHTS[operation] === 's3:PutObject')
    return 's3.checksum_refused';
  if (status === null) return codeWithoutAnswer(failure, connection);
  if (status >= 300 && status < 400) return codeOfRedirect(failure, connection);
  if (status === 412 || status === 409) return 's3.already_there';
  if (status === 429 || status === 503) return 's3.slow_down';
  if (status === 501) return 's3.checksum_refused';
  if (status === 507) return 's3.storage_full';
  if (status >= 500) return 's3.unavailable';
  if (failure.isS3Answer) return 's3.unexpected';
  if (nodeCode !== null) return codeWithoutAnswer(failure, connection);
  // An answer to HEAD has no body that could say more.
  if (operation.startsWith('Head')) return status === 403 ? 's3.no_right' : 's3.unexpected';
  return status === 400 && schemeOf(connection) === 'http' && WANTS_HTTPS.test(failure.message)
    ? 's3.scheme'
    : 's3.not_s3';
}

function codeWithoutAnswer({ name, nodeCode, message, host }: S3Failure, connection: S3Connection): S3Code {
  if (nodeCode === 'ENOTFOUND' || nodeCode === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const bucketFirst = host?.toLowerCase().startsWith(`${connection.bucket}.`.toLowerCase()) ?? false;
    if (bucketFirst && bucketIsInHost(connection)) return 's3.path_style';
  }
  const known =
    nodeCode !== null && Object.hasOwn(BY_NODE_CODE, nodeCode) ? BY_NODE_CODE[nodeCode] : undefined;
  if (known !== undefined) return known;
  if (name === 'TimeoutError') return 's3.timeout';
  if (nodeCode === 'EPROTO' || nodeCode?.startsWith('ERR_SSL_'))
    return NOT_TLS.test(message) ? 's3.scheme' : 's3.tls_failed';
  // Node's HTTP parser met something that is not HTTP.
  if (nodeCode?.startsWith('HPE_')) return schemeOf(connection) === 'http' ? 's3.scheme' : 's3.not_s3';
  return 's3.unexpected';
}

function codeOfRedirect({ region, location }: S3Failure, connection: S3Connection): S3Code {
  if (region !== null && region !== connection.region) return 's3.wrong_region';
  if (schemeOf(connection) === 'http' && location?.startsWith('https:')) return 's3.scheme';
  return 's3.redirected';
}

const bucketIsInHost = ({ endpoint, pathStyle }: S3Connection) => endpoint !== null && !pathStyle;
const isAskedForAnotherBucket = ({ bucketName }: S3Failure, connection: S3Connection) =>
  bucketIsInHost(connection) && bucketName !== null && bucketName !== connection.bucket;
const schemeOf = ({ endpoint }: S3Connection) => (/^http:/i.test(endpoint ?? '') ? 'http' : 'https');

const ENTRIES: Readonly<Record<S3Code, ErrorEntry>> = s3Errors;

/** What the texts of a code name, and nothing else. */
function detailsOf(code: S3Code, failure: S3Failure, context: RequestContext): ErrorDetails {
  const { operation, connection, key, redactor } = context;
  const used = schemeOf(connection);
  const message = redactor.clean(failure.message);
  const known: ErrorDetails = {
    endpoint: connection.endpoint ?? `Amazon S3 in ${connection.region}`,
    bucket: connection.bucket,
    region: connection.region,
    expectedRegion: failure.region ?? 'another region',
    keyId: connection.accessKeyId ?? `of ${connection.profile ?? 'the environment'}`,
    profile: connection.profile ?? 'default',
    operation,
    right: RIGHTS[operation],
    key,
    used,
    spoken: used === 'http' ? 'https' : 'http',
    host: failure.host ?? connection.endpoint ?? '',
    names: failure.certificateNames ?? message,
    location: failure.location ?? 'another address',
    serverTime: failure.serverTime ?? 'another time',
    ownTime: new Date().toISOString(),
    status: failure.status ?? 'none',
    name: failure.name,
    reason: message,
    message,
  };
  const { title, cause, remedy } = ENTRIES[code];
  const named = new Set(
    Array.from(`${title} ${cause} ${remedy}`.matchAll(/\{(\w+)\}/g), (match) => match[1]),
  );
  return Object.fromEntries(Object.entries(known).filter(([name]) => named.has(name)));
}

/** Turns anything that a request threw into the error that names the field to correct. */
export function toS3Error(thrown: unknown, context: RequestContext): AppError {
  if (thrown instanceof AppError) return thrown;
  const failure = readFailure(thrown);
  const { operation, connection, redactor, key } = context;
  // The SDK's own error is not kept: it repeats headers of the request, among them session tokens.
  const cause = new Error(
    redactor.clean(
      `${operation}: ${failure.name}, HTTP ${failure.status ?? '-'}, request ${failure.requestId ?? '-'}: ${failure.message}`,
    ),
  );
  if (failure.name === 'NoSuchKey' || (failure.name === 'NotFound' && operation === 'HeadObject'))
    return new AppError('objects.missing', 'notFound', { key }, { cause });
  const code = failure.name.endsWith('ProviderError')
    ? connection.credentials === 'profile'
      ? 's3.profile_unusable'
      : 's3.environment_missing'
    : codeOf(failure, context);
  return new AppError(code, ENTRIES[code].kind, detailsOf(code, failure, context), { cause });
}
