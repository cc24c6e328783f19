import { describe, expect, it } from 'vitest';
import type { S3Connection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';
import { s3Errors } from '#shared/errors/s3';
import { isAboutCredentials, isPassing, toS3Error } from './errors.ts';
import type { S3Operation } from './operations.ts';
import { Redactor } from './redactor.ts';

const connection: S3Connection = {
  endpoint: 'https://files.example.test',
  region: 'eu-west-1',
  bucket: 'sales',
  prefix: '',
  pathStyle: true,
  credentials: 'keys',
  accessKeyId: 'AKTEST',
  profile: null,
};
const virtualHost = { ...connection, pathStyle: false };
const overHttp = { ...connection, endpoint: 'http://files.example.test' };
const redactor = new Redactor();
redactor.add('s3cr3t');

const answer = (status: number, code: string | null, more: object = {}, message = 'The server’s words.') =>
  Object.assign(new Error(message), {
    name: code ?? 'Unknown',
    $metadata: { httpStatusCode: status, requestId: 'R1' },
    ...(code === null ? {} : { Code: code }),
    ...more,
  });
const socket = (code: string, message = code, more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });
const map = (thrown: unknown, changed: S3Connection = connection, operation: S3Operation = 'PutObject') =>
  toS3Error(thrown, { operation, connection: changed, key: 'raw/a', redactor });

describe('what S3 and its clones answer', () => {
  it.each([
    ['s3.wrong_key_id', answer(403, 'InvalidAccessKeyId')],
    ['s3.wrong_key_id', answer(404, 'XAdminUserNotFound')],
    ['s3.wrong_secret', answer(403, 'SignatureDoesNotMatch')],
    ['s3.token_expired', answer(400, 'ExpiredToken')],
    ['s3.token_expired', answer(400, 'TokenRefreshRequired')],
    ['s3.token_invalid', answer(400, 'InvalidToken')],
    ['s3.wrong_region', answer(400, 'AuthorizationHeaderMalformed', { Region: 'us-east-1' })],
    ['s3.wrong_region', answer(301, 'PermanentRedirect')],
    [
      's3.wrong_region',
      answer(301, null, { $response: { headers: { 'x-amz-bucket-region': 'us-east-1' } } }),
    ],
    ['s3.no_such_bucket', answer(404, 'NoSuchBucket', { BucketName: 'sales' })],
    ['s3.no_right', answer(403, 'AccessDenied')],
    ['s3.clock_skew', answer(403, 'RequestTimeTooSkewed', { ServerTime: '2026-11-26T00:00:00Z' })],
    ['s3.corrupted', answer(400, 'BadDigest')],
    ['s3.corrupted', answer(400, 'XAmzContentSHA256Mismatch')],
    ['s3.checksum_refused', answer(501, 'NotImplemented')],
    ['s3.checksum_refused', answer(501, null)],
    [
      's3.checksum_refused',
      answer(400, 'InvalidRequest', {}, 'Value for x-amz-checksum-sha256 header is invalid.'),
    ],
    ['s3.slow_down', answer(503, 'SlowDown')],
    ['s3.slow_down', answer(429, 'TooManyRequests')],
    ['s3.slow_down', answer(503, null)],
    ['s3.unavailable', answer(500, 'InternalError')],
    ['s3.unavailable', answer(502, null)],
    ['s3.storage_full', answer(507, 'XMinioStorageFull')],
    ['s3.storage_full', answer(403, 'QuotaExceeded')],
    ['s3.upload_gone', answer(404, 'NoSuchUpload')],
    ['s3.already_there', answer(412, 'PreconditionFailed')],
    ['s3.already_there', answer(409, 'ConditionalRequestConflict')],
    ['s3.timeout', answer(400, 'RequestTimeout')],
    ['objects.missing', answer(404, 'NoSuchKey')],
    ['s3.not_s3', answer(404, null, { $responseBodyText: '{"error":"no route"}' })],
    ['s3.not_s3', answer(200, null, { $responseBodyText: '<!DOCTYPE html>' })],
    [
      's3.redirected',
      answer(302, null, { $response: { headers: { location: 'https://login.example.test/' } } }),
    ],
    ['s3.unexpected', answer(400, 'MalformedXML')],
  ])('%s', (code, thrown) => {
    expect(map(thrown).code).toBe(code);
  });

  it('shows a text that it does not know in full', () => {
    const error = map(answer(418, 'IAmATeapot', {}, 'Short and stout.'));
    expect(renderError(error)).toMatchObject({
      code: 's3.unexpected',
      cause: 'PutObject: IAmATeapot, HTTP 418. Short and stout.',
    });
  });

  it('names the region that the server expects, where it says it', () => {
    const error = map(answer(400, 'AuthorizationHeaderMalformed', { Region: 'us-east-1' }));
    expect(renderError(error).remedy).toBe('Set “Region” to us-east-1.');
    expect(map(answer(400, 'AuthorizationHeaderMalformed')).code).toBe('s3.unexpected');
  });
});

describe('what sockets and TLS say', () => {
  it.each([
    ['s3.port_closed', socket('ECONNREFUSED'), connection],
    ['s3.unknown_host', socket('ENOTFOUND', 'x', { hostname: 'files.example.test' }), connection],
    ['s3.unreachable', socket('EAI_AGAIN'), connection],
    ['s3.unreachable', socket('ENETUNREACH'), connection],
    ['s3.connection_lost', Object.assign(socket('ECONNRESET'), { name: 'TimeoutError' }), connection],
    ['s3.connection_lost', socket('EPIPE'), connection],
    ['s3.timeout', Object.assign(new Error('60000 ms of inactivity'), { name: 'TimeoutError' }), connection],
    [
      's3.scheme',
      socket('EPROTO', 'SSL routines:tls_validate_record_header:wrong version number'),
      connection,
    ],
    ['s3.tls_failed', socket('EPROTO', 'sslv3 alert handshake failure'), connection],
    ['s3.scheme', socket('HPE_INVALID_CONSTANT'), overHttp],
    ['s3.scheme', answer(400, null, { body: 'The plain HTTP request was sent to HTTPS port' }), overHttp],
    ['s3.scheme', answer(301, null, { $response: { headers: { location: 'https://x/' } } }), overHttp],
    ['s3.certificate_expired', socket('CERT_HAS_EXPIRED'), connection],
    ['s3.certificate_untrusted', socket('SELF_SIGNED_CERT_IN_CHAIN'), connection],
    [
      's3.certificate_name',
      socket('ERR_TLS_CERT_ALTNAME_INVALID', 'x', { host: 'files.example.test' }),
      connection,
    ],
    ['s3.unexpected', new TypeError('something new'), connection],
    ['s3.unexpected', 'a text', connection],
  ])('%s', (code, thrown, changed) => {
    expect(map(thrown, changed).code).toBe(code);
  });

  it.each([
    socket('ENOTFOUND', 'x', { hostname: 'sales.files.example.test' }),
    socket('ERR_TLS_CERT_ALTNAME_INVALID', 'x', { host: 'sales.files.example.test' }),
    answer(404, 'NoSuchBucket', { BucketName: 'raw' }),
    answer(400, 'InvalidBucketName'),
  ])('a bucket in the name of the server, where that does not work, asks for path style', (thrown) => {
    expect(map(thrown, virtualHost).code).toBe('s3.path_style');
    expect(map(thrown, connection).code).not.toBe('s3.path_style');
  });
});

describe('every error', () => {
  it('has all the words of its text, and no secret', () => {
    for (const code of Object.keys(s3Errors)) {
      // Each code once, by way of the name of an answer where there is one.
      const error = map(answer(400, code, {}, 'You sent s3cr3t.'));
      expect(JSON.stringify(error.toJSON())).not.toContain('s3cr3t');
    }
    const error = map(answer(403, 'AccessDenied', {}, 'You sent s3cr3t.'));
    expect(renderError(error).cause).toBe(
      'The access key AKTEST may not do PutObject in the bucket sales. https://files.example.test says: You sent [redacted].',
    );
    expect(String(error.cause)).not.toContain('s3cr3t');
  });

  it('that is one already stays itself', () => {
    const error = new AppError('app.cancelled', 'cancelled');
    expect(map(error)).toBe(error);
  });

  it('is tried again only when it may pass by itself', () => {
    const passing = [
      answer(503, 'SlowDown'),
      answer(500, null),
      socket('ECONNRESET'),
      socket('ECONNREFUSED'),
    ];
    const staying = [
      answer(403, 'SignatureDoesNotMatch'),
      answer(400, 'ExpiredToken'),
      answer(404, 'NoSuchBucket'),
      answer(400, 'AuthorizationHeaderMalformed', { Region: 'x' }),
      answer(403, 'AccessDenied'),
      socket('ENOTFOUND'),
      socket('SELF_SIGNED_CERT_IN_CHAIN'),
    ];
    expect(passing.map((thrown) => isPassing(map(thrown)))).toEqual(passing.map(() => true));
    expect(staying.map((thrown) => isPassing(map(thrown)))).toEqual(staying.map(() => false));
    expect(isAboutCredentials(map(answer(400, 'ExpiredToken')))).toBe(true);
    expect(isAboutCredentials(map(answer(403, 'AccessDenied')))).toBe(false);
  });
});
