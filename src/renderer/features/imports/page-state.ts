import { useCallback, useSyncExternalStore } from 'react';
import { z } from 'zod';

/** What of the page is open. Kept for the window: another page and back, or a reload, find it as it was. */
const pageStateSchema = z.object({
  view: z.enum(['queue', 'history']),
  panel: z.enum(['review', 'map']).nullable(),
  jobId: z.string().nullable(),
  /** Import that the history shows at once. */
  highlight: z.string().nullable(),
});
export type PageState = z.infer<typeof pageStateSchema>;

const STORAGE_KEY = 'mauzo.import-page';
const CLOSED: PageState = { view: 'queue', panel: null, jobId: null, highlight: null };

const listeners = new Set<() => void>();
let state: PageState | null = null;

function read(): PageState {
  if (state) return state;
  try {
    const parsed = pageStateSchema.safeParse(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null'));
    state = parsed.success ? parsed.data : CLOSED;
  } catch {
    // Storage refused or written by another version: begin with everything closed.
    state = CLOSED;
  }
  return state;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePageState(): readonly [PageState, (next: PageState) => void] {
  const current = useSyncExternalStore(subscribe, read);
  const set = useCallback((next: PageState) => {
    state = next;
    try {
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    } catch {
      // Storage refused: it lasts until the window is closed.
    }
    for (const listener of listeners) listener();
  }, []);
  return [current, set];
}
