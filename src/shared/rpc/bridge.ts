import type { Reply, Request } from './envelope.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

/**
 * What the Electron preload exposes to the window as `window.mauzo`; absent in the browser host, where the same
 * messages travel over a WebSocket.
 *
 * The bridge outlives the engine: `onClose` says that the engine went away and that no reply to an earlier request
 * will come any more. Requests sent after it go to the next engine and are held until that one is up.
 */
export interface MauzoBridge {
  readonly host: 'electron';
  /** `process.platform` of the main process. */
  readonly platform: string;
  send(message: Request): void;
  /** Returns what unsubscribes. */
  onMessage(listener: (reply: Reply) => void): () => void;
  /** Called each time the engine goes away. Returns what unsubscribes. */
  onClose(listener: () => void): () => void;
  /** Real path of a `File` that was dropped or chosen; empty when it has none. */
  pathForFile(file: { readonly name: string; readonly size: number }): string;
  /** Native open dialog for files to import; empty when it was dismissed. */
  openFiles(): Promise<string[]>;
  /** Files that the operating system asked Mauzo to open. Returns what unsubscribes. */
  onOpenFiles(listener: (paths: string[]) => void): () => void;
  readonly theme: {
    /** Makes native parts (menus, dialogs, title bar) follow the choice of the window. */
    set(choice: ThemeChoice): void;
  };
}
