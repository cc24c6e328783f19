import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { MauzoBridge } from '../shared/rpc/bridge.ts';
import type { Reply, Request } from '../shared/rpc/envelope.ts';
import { CHANNEL, PRELOAD_FIRST_ID, type HostMessage } from '../shared/rpc/host-notice.ts';

const replies = new Set<(reply: Reply) => void>();
const closings = new Set<() => void>();
const openings = new Set<(paths: string[]) => void>();
const own = new Map<number, (reply: Reply) => void>();
let nextId = PRELOAD_FIRST_ID;

ipcRenderer.on(CHANNEL, (_: IpcRendererEvent, message: HostMessage) => {
  if (message.type === 'engine-gone') for (const listener of closings) listener();
  else if (message.type === 'open-files') openFiles([...message.paths]);
  else if (message.id >= PRELOAD_FIRST_ID) own.get(message.id)?.(message);
  else for (const listener of replies) listener(message);
});

/** Files that came before the page was ready to take them. */
let waitingFiles: string[] = [];

function openFiles(paths: string[]): void {
  if (openings.size === 0) waitingFiles.push(...paths);
  for (const listener of openings) listener(paths);
}

function subscribe<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}

/** Asks the main process itself (dialogs, theme); resolves with the reply, of either kind. */
function ask(name: string, input: unknown): Promise<Reply> {
  const id = nextId++;
  return new Promise((resolve) => {
    own.set(id, (reply) => {
      own.delete(id);
      resolve(reply);
    });
    const request: Request = { type: 'call', id, name, input };
    ipcRenderer.send(CHANNEL, request);
  });
}

function hasPaths(output: unknown): output is { paths: string[] } {
  return typeof output === 'object' && output !== null && 'paths' in output && Array.isArray(output.paths);
}

/** Electron before 32 has no `webUtils` and puts the path on the file itself. */
function pathForFile(file: File & { readonly path?: string }): string {
  const utils: typeof webUtils | undefined = webUtils;
  return utils ? utils.getPathForFile(file) : (file.path ?? '');
}

const bridge: MauzoBridge = {
  host: 'electron',
  platform: process.platform,
  send: (message) => ipcRenderer.send(CHANNEL, message),
  onMessage: (listener) => subscribe(replies, listener),
  onClose: (listener) => subscribe(closings, listener),
  pathForFile,
  async openFiles() {
    const reply = await ask('shell.open-files', {});
    return reply.type === 'ok' && hasPaths(reply.output) ? reply.output.paths : [];
  },
  onOpenFiles(listener) {
    const paths = waitingFiles;
    waitingFiles = [];
    if (paths.length > 0) listener(paths);
    return subscribe(openings, listener);
  },
  theme: { set: (choice) => void ask('shell.set-theme', { theme: choice }) },
};

contextBridge.exposeInMainWorld('mauzo', bridge);
