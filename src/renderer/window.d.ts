import type { MauzoBridge } from '#shared/rpc/bridge';

declare global {
  interface Window {
    /** Set by the Electron preload; absent in the browser host. */
    readonly mauzo?: MauzoBridge;
  }
}
