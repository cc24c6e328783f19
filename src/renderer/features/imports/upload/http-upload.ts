import { appErrorSchema } from '#shared/rpc/envelope';
import { AppError } from '#shared/errors/app-error';
import { z } from 'zod';

const answerSchema = z.object({ uploadId: z.string().min(1) });
const refusalSchema = z.object({ error: appErrorSchema });

/**
 * Streams a file to the browser host, which stages it: `PUT /api/upload?name=…` with the bytes as body, answered by
 * `{ uploadId }` or `{ error }`. XMLHttpRequest, because fetch tells nothing about what has been sent.
 */
export function sendByHttp(
  file: File,
  options: { readonly signal: AbortSignal; readonly onProgress: (bytesDone: number) => void },
): Promise<{ readonly uploadId: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const settle = (finish: () => void) => {
      options.signal.removeEventListener('abort', abort);
      finish();
    };
    request.upload.addEventListener('progress', (event) => options.onProgress(event.loaded));
    request.addEventListener('load', () =>
      settle(() => {
        const answer = readJson(request.responseText);
        const accepted = answerSchema.safeParse(answer);
        if (request.status >= 200 && request.status < 300 && accepted.success) {
          resolve(accepted.data);
          return;
        }
        const refused = refusalSchema.safeParse(answer);
        reject(
          refused.success
            ? AppError.fromJSON(refused.data.error)
            : uploadFailed(file, `status ${request.status}`),
        );
      }),
    );
    request.addEventListener('error', () => settle(() => reject(uploadFailed(file, 'no answer'))));
    request.addEventListener('abort', () =>
      settle(() => reject(new AppError('app.cancelled', 'cancelled', { fileName: file.name }))),
    );
    options.signal.addEventListener('abort', abort, { once: true });
    request.open('PUT', `/api/upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

const uploadFailed = (file: File, reason: string) =>
  new AppError('app.disconnected', 'unavailable', { fileName: file.name, reason });

/** Undefined for what is no JSON: the caller then goes by the status. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
