import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { HostEngine } from '../host-engine.ts';
import { sendError, sendJson } from './answers.ts';
import { sendFile } from './static-files.ts';

/** An upload from which nothing comes for so long is given up. */
const UPLOAD_IDLE_MS = 60_000;
/** How long a refused upload is read on. */
const DRAIN_MS = 15_000;
const MAX_NAME_CHARACTERS = 1_000;

function announcedBytes(request: IncomingMessage): number | null {
  const text = request.headers['content-length'];
  return text === undefined ? null : Number(text);
}

function uploadName(url: URL): string {
  const name = url.searchParams.get('name') ?? '';
  if (name === '' || name.length > MAX_NAME_CHARACTERS) {
    throw new AppError('hosts.bad_upload', 'input', { problem: 'It carries no usable file name' });
  }
  return name;
}

/**
 * Reads on and throws away, for a while: browsers look at an answer only when they have sent everything, and take a
 * connection that is closed under them for a failure of the network.
 */
function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

/** Staging does not know what a stream is called; its messages should name the file that the person dropped. */
function withFileName(thrown: unknown, fileName: string): AppError {
  const error = toAppError(thrown);
  if (!error.code.startsWith('staging.')) return error;
  const { code, kind, details, retryable, correlationId } = error;
  return new AppError(code, kind, { ...details, fileName }, { retryable, correlationId, cause: thrown });
}

/** `PUT /api/upload?name=…`: the bytes go straight to staging; the browser waits while the disk is slower. */
export async function receiveUpload(
  engine: HostEngine,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  response.once('close', abort);
  request.setTimeout(UPLOAD_IDLE_MS, () => request.destroy(new Error('the upload stood still')));
  try {
    const fileName = uploadName(url);
    // Iterating a request would destroy it when staging stops early; the refusal could then not be sent.
    const source = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const meta = { fileName, sizeBytes: announcedBytes(request) };
    const staged = engine.stageUpload(source, meta, controller.signal).catch((error: unknown) => {
      throw withFileName(error, fileName);
    });
    sendJson(response, 200, await staged);
  } catch (error) {
    // The sender went away: staging has cleaned up, and there is nobody to tell.
    if (request.destroyed && !request.complete) return;
    sendError(response, toAppError(error));
    drain(request);
  } finally {
    response.off('close', abort);
  }
}

/** Browsers take the name from here; anything but plain ASCII travels percent-encoded (RFC 6266, RFC 8187). */
function contentDisposition(fileName: string): string {
  const ascii = fileName.replace(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** `GET /api/download/<id>`: an export that the engine has written. */
export async function sendDownload(
  engine: HostEngine,
  response: ServerResponse,
  downloadId: string,
): Promise<void> {
  const gone = new AppError('hosts.download_gone', 'notFound');
  const file = await engine.download(downloadId);
  if (!file) throw gone;
  await sendFile(response, file.path, { 'Content-Disposition': contentDisposition(file.fileName) }, gone);
}
