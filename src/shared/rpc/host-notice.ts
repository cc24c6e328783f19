import type { Reply } from './envelope.ts';

/** The one channel between a window and Electron's main process, in both directions. */
export const CHANNEL = 'mauzo';

/** What the main process sends besides replies. */
export type HostNotice =
  { readonly type: 'engine-gone' } | { readonly type: 'open-files'; readonly paths: readonly string[] };

export type HostMessage = Reply | HostNotice;

/** Ids from here on belong to the preload's own calls; a page never reaches them. */
export const PRELOAD_FIRST_ID = 2 ** 40;
