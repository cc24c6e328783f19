import type { Dispatcher } from '#shared/rpc/dispatcher';

/** What a host needs of the engine that it serves. */
export interface HostEngine {
  readonly dispatcher: Dispatcher;
  /** Stages bytes that stream in; the id stands for them in `imports.start`. Fails with `staging.*`. */
  stageUpload(
    source: AsyncIterable<Uint8Array>,
    meta: { readonly fileName: string; readonly sizeBytes: number | null },
    signal: AbortSignal,
  ): Promise<{ uploadId: string }>;
  /** The file behind a `downloadId`, or null when there is none (any more). */
  download(downloadId: string): Promise<{ readonly path: string; readonly fileName: string } | null>;
  /** Prometheus text format 0.0.4. */
  metricsText(): Promise<string>;
}
