import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const digest = (text: string) => createHash('sha256').update(text).digest();
const equal = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));
const newSecret = () => randomBytes(32).toString('base64url');

/** Links still open at a time: who asks for more loses the oldest. */
const MAX_OPEN_TOKENS = 8;

/**
 * Who may talk to the host. A link with a token works once and is exchanged for a cookie; scrapers of `/metrics` hold
 * a bearer token instead. All secrets live as long as the process. (Cookies are not bound to a port: the name carries
 * it, so that two hosts on one machine do not overwrite each other's.)
 */
export interface Sessions {
  readonly bearerToken: string;
  /** A token for one link. */
  issueToken(): string;
  /** The `Set-Cookie` value for a token that was not used before; null for any other. */
  exchange(token: string): string | null;
  hasCookie(request: IncomingMessage): boolean;
  hasBearer(request: IncomingMessage): boolean;
}

export function createSessions(port: number): Sessions {
  const cookieName = `mauzo-${port}`;
  const secret = newSecret();
  const bearerToken = newSecret();
  const tokens: string[] = [];
  return {
    bearerToken,
    issueToken() {
      const token = newSecret();
      tokens.push(token);
      if (tokens.length > MAX_OPEN_TOKENS) tokens.shift();
      return token;
    },
    exchange(token) {
      const index = tokens.findIndex((candidate) => equal(candidate, token));
      if (index < 0) return null;
      tokens.splice(index, 1);
      return `${cookieName}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    hasCookie(request) {
      const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
      const prefix = `${cookieName}=`;
      return cookies.some((part) => part.startsWith(prefix) && equal(part.slice(prefix.length), secret));
    },
    hasBearer(request) {
      const value = request.headers.authorization ?? '';
      return value.startsWith('Bearer ') && equal(value.slice('Bearer '.length), bearerToken);
    },
  };
}
