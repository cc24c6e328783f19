import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#shared/errors/app-error';
import { SECURITY_HEADERS } from './answers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Names that the build writes: nothing else is ever looked up, so no name can leave the folder. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** The file that an address means; addresses without an extension, such as `/import`, belong to the page's router. */
function fileOf(pathname: string): string | null {
  if (extname(pathname) === '') return 'index.html';
  const segments = pathname.split('/').slice(1);
  return segments.every((segment) => SEGMENT.test(segment)) ? join(...segments) : null;
}

export async function sendFile(
  response: ServerResponse,
  path: string,
  headers: Readonly<Record<string, string>>,
  missing: AppError,
): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw missing;
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    ...headers,
  });
  if (response.req.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}

/** Serves the built page. Files under `assets/` carry a hash of their content in their name. */
export async function sendPageFile(
  response: ServerResponse,
  rendererFolder: string,
  pathname: string,
): Promise<void> {
  const missing = new AppError('hosts.not_found', 'notFound', { path: pathname.slice(0, 200) });
  const file = fileOf(pathname);
  if (file === null) throw missing;
  const isHashed = pathname.startsWith('/assets/');
  const caching = isHashed ? 'private, max-age=31536000, immutable' : 'no-cache';
  await sendFile(response, join(rendererFolder, file), { 'Cache-Control': caching }, missing);
}
