import { AppError } from '#shared/errors/app-error';

/** The first error code in a chain of causes, and the text that came with it: fetch hides both behind "fetch failed". */
function innermost(error: unknown): { code: string; message: string } {
  let code = '';
  let message = '';
  let current: unknown = error;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if (code === '' && 'code' in current && typeof current.code === 'string') code = current.code;
    if (current.message !== '') message = current.message;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return { code, message };
}

const CERTIFICATE =
  /^(ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|ERR_SSL_|EPROTO$)/;
/** What a client meets that speaks https to a server that answers in http, and the reverse. */
const WRONG_SCHEME = /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|HPE_INVALID_)/;

/** Names a request that brought no answer: `druid.tls`, `druid.wrong_scheme`, `druid.reserved_port` or `druid.unreachable`. */
export function networkFailure(error: unknown, url: string): AppError {
  const { code, message } = innermost(error);
  // Node's fetch does not go to some ports at all, as browsers do not.
  if (message === 'bad port')
    return new AppError('druid.reserved_port', 'input', { url }, { cause: error, retryable: false });
  const details = { url, reason: code === '' || message.includes(code) ? message : `${code}: ${message}` };
  if (WRONG_SCHEME.test(code))
    return new AppError('druid.wrong_scheme', 'input', details, { cause: error, retryable: false });
  if (CERTIFICATE.test(code))
    return new AppError('druid.tls', 'permission', details, { cause: error, retryable: false });
  return new AppError('druid.unreachable', 'unavailable', details, { cause: error });
}
