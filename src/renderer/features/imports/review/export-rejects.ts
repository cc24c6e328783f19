import { useState } from 'react';
import type { JobView } from '#shared/domain/job';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';

export interface RejectsExport {
  readonly busy: boolean;
  readonly error: AppError | null;
  /** Where the file was written, in Electron; null in a browser, which downloads it. */
  readonly path: string | null;
  readonly start: () => void;
}

/** Writes the rejected rows as a workbook: the engine writes it, a browser then downloads it. */
export function useRejectsExport(job: JobView): RejectsExport {
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const [path, setPath] = useState<string | null>(null);
  const run = async () => {
    const written = await engine.call('jobs.export-rejects', { jobId: job.jobId });
    if (window.mauzo) setPath(written.path);
    else download(`/api/download/${encodeURIComponent(written.downloadId)}`, written.path);
  };
  return {
    busy,
    error,
    path,
    start() {
      setBusy(true);
      setError(null);
      run()
        .catch((thrown: unknown) => setError(toAppError(thrown)))
        .finally(() => setBusy(false));
    },
  };
}

function download(url: string, path: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = path.split(/[\\/]/).at(-1) ?? 'rejected-rows.xlsx';
  document.body.append(link);
  link.click();
  link.remove();
}
