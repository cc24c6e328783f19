import type { IncomingMessage } from 'node:http';

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/**
 * True when a request was made to this host by name (a foreign name that resolves to 127.0.0.1 is DNS rebinding) and,
 * as far as the browser tells, by a page of this host. A WebSocket or a write must name its origin; browsers always do.
 */
export function isOwnRequest(request: IncomingMessage, port: number, isUpgrade: boolean): boolean {
  const host = headerOf(request, 'host');
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return false;
  const origin = headerOf(request, 'origin');
  const mustTell = isUpgrade || (request.method !== 'GET' && request.method !== 'HEAD');
  if (origin === null ? mustTell : origin !== `http://${host}`) return false;
  // Pages of other ports are "same-site": only navigations may come from them, and those carry no cookie (Strict).
  const site = headerOf(request, 'sec-fetch-site');
  const isNavigation = headerOf(request, 'sec-fetch-mode') === 'navigate' && request.method === 'GET';
  return site === null || site === 'same-origin' || site === 'none' || isNavigation;
}
