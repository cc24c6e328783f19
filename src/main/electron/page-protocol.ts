import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { PAGE_CONTENT_SECURITY_POLICY } from '../hosts/page-policy.ts';

/** The page's own origin: no file URLs, so that the page can read nothing but what is served here. */
export const PAGE_ORIGIN = 'mauzo://app';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Must run before the app is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'mauzo', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

async function respond(
  rendererFolder: string,
  url: string,
): Promise<{ status: number; type: string; body: Buffer }> {
  const { pathname, host } = new URL(url);
  const name = normalize(decodeURIComponent(pathname)).replace(/^[/\\]+/, '');
  const isFile = extname(name) !== '';
  // Addresses such as /import belong to the page's router.
  const path = join(rendererFolder, isFile ? name : 'index.html');
  const confined = host === 'app' && path.startsWith(rendererFolder + sep) && !name.includes('\0');
  if (!confined) return { status: 403, type: 'text/plain', body: Buffer.from('Forbidden') };
  try {
    return {
      status: 200,
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      body: await readFile(path),
    };
  } catch {
    return { status: 404, type: 'text/plain', body: Buffer.from('Not found') };
  }
}

/** Serves the built page with its security headers. Electron before 25 lacks `protocol.handle`: the older call then. */
export function servePage(session: Session, rendererFolder: string): void {
  const headers = (type: string) => ({
    'Content-Type': type,
    'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  });
  if (typeof session.protocol.handle === 'function') {
    session.protocol.handle('mauzo', async (request) => {
      const { status, type, body } = await respond(rendererFolder, request.url);
      return new Response(new Uint8Array(body), { status, headers: headers(type) });
    });
    return;
  }
  session.protocol.registerBufferProtocol('mauzo', (request, callback) => {
    void respond(rendererFolder, request.url).then(({ status, type, body }) =>
      callback({
        statusCode: status,
        headers: headers(type),
        mimeType: type.split(';')[0] ?? type,
        data: body,
      }),
    );
  });
}
