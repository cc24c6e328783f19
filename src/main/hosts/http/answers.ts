import type { ServerResponse } from 'node:http';
import type { AppError, ErrorKind } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';
import { PAGE_CONTENT_SECURITY_POLICY } from '../page-policy.ts';

/** On every answer, also on refusals. There are no CORS headers anywhere: no other origin reads anything. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const STATUS: Readonly<Record<ErrorKind, number>> = {
  input: 400,
  permission: 403,
  notFound: 404,
  conflict: 409,
  unavailable: 503,
  timeout: 504,
  cancelled: 499,
  limit: 413,
  bug: 500,
};

export function sendText(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': `${type}; charset=utf-8` });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, 'application/json', JSON.stringify(body));
}

/** `{ error }` for programs. */
export function sendError(response: ServerResponse, error: AppError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.code === 'hosts.method_not_allowed') sendJson(response, 405, { error: error.toJSON() });
  else sendJson(response, STATUS[error.kind], { error: error.toJSON() });
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

/** The same in words, for a person whose link does not work (any more). */
export function sendErrorPage(response: ServerResponse, error: AppError): void {
  const { title, cause, remedy } = renderError(error);
  const [h, c, r] = [title, cause, remedy].map(escapeHtml);
  sendText(
    response,
    STATUS[error.kind],
    'text/html',
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mauzo</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${h}</h1><p>${c}</p><p>${r}</p></html>`,
  );
}
