import { useMemo, useSyncExternalStore } from 'react';
import { useEngine } from '../../data/engine-context.ts';
import { useFileOffers } from '../../data/file-offers.ts';
import type { Engine } from '../../rpc-client.ts';
import { createIntake, type Intake, type IntakeState } from './drop/intake.ts';
import { createJobStore, type JobsState, type JobStore } from './model/job-store.ts';
import { onTheirWay, type OnTheirWay } from './model/on-their-way.ts';
import { buildQueue, type QueueItem } from './model/queue-model.ts';
import { sendByHttp } from './upload/http-upload.ts';
import { createUploadManager, type UploadEntry, type UploadManager } from './upload/upload-manager.ts';

export interface ImportsServices {
  readonly jobs: JobStore;
  readonly uploads: UploadManager<File>;
  readonly intake: Intake;
}

/** One set for each engine of the window: transfers go on while another page is open. */
const services = new WeakMap<Engine, ImportsServices>();

export function servicesOf(engine: Engine): ImportsServices {
  const known = services.get(engine);
  if (known) return known;
  const uploads = createUploadManager<File>({
    send: sendByHttp,
    start: (uploadId) => engine.call('imports.start', { files: [{ kind: 'upload', uploadId }] }),
    now: () => Date.now(),
  });
  const created: ImportsServices = {
    jobs: createJobStore({
      open: (handlers) => engine.open('jobs.watch', {}, handlers),
      schedule(run, delayMs) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    }),
    uploads,
    intake: createIntake(engine, uploads),
  };
  services.set(engine, created);
  // Bytes that are still on their way are lost with the window: the browser then asks before it closes.
  addEventListener('beforeunload', (event) => {
    if (created.uploads.entries().some((entry) => entry.state !== 'failed')) event.preventDefault();
  });
  return created;
}

export function useImportsServices(): ImportsServices {
  return servicesOf(useEngine());
}

/** Takes every offer of files while mounted. The shell calls it: files count on whichever page they were dropped. */
export function useTakeOffers(): void {
  useFileOffers(useImportsServices().intake.take);
}

export function useIntake(): Intake & IntakeState {
  const { intake } = useImportsServices();
  const state = useSyncExternalStore(intake.subscribe, intake.state);
  return useMemo(() => ({ ...intake, ...state }), [intake, state]);
}

export function useJobs(): JobsState {
  const { jobs } = useImportsServices();
  return useSyncExternalStore(jobs.subscribe, jobs.state);
}

export function useUploads(): readonly UploadEntry[] {
  const { uploads } = useImportsServices();
  return useSyncExternalStore(uploads.subscribe, uploads.entries);
}

/** What does not count yet; null when nothing is on its way. */
export function useOnTheirWay(): OnTheirWay | null {
  const queue = useQueue();
  return useMemo(() => onTheirWay(queue), [queue]);
}

/** The rows of the queue in their order. */
export function useQueue(): readonly QueueItem[] {
  const { jobs } = useJobs();
  const uploads = useUploads();
  return useMemo(() => buildQueue(jobs, uploads), [jobs, uploads]);
}
