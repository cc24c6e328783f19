import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { MauzoContract } from '../../src/shared/contract/index.ts';
import type { MauzoBridge } from '../../src/shared/rpc/bridge.ts';
import { createRpcClient } from '../../src/shared/rpc/client.ts';
import type { Reply, Request } from '../../src/shared/rpc/envelope.ts';
import type { OpenedClient } from './contract-suite.ts';

const root = resolve(import.meta.dirname, '../..');
/** Ids below belong to the page's own client, which lives in the same window. */
const FIRST_ID = 1_000_000;
/** Runs in the page, which has the bridge. */
const SEND = (message: Request) => (globalThis as unknown as { mauzo: MauzoBridge }).mauzo.send(message);

/** The desktop app over a new data folder, with its real engine and channel. */
export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly window: Page;
  connect(): Promise<OpenedClient>;
  close(): Promise<void>;
}

export async function startDesktop(dist: string): Promise<DesktopApp> {
  const home = mkdtempSync(join(tmpdir(), 'mauzo-desktop-'));
  const app = await _electron.launch({
    executablePath: join(dist, 'electron'),
    args: ['--no-sandbox', '--disable-gpu', root, '--home', home],
    env: { ...process.env, MAUZO_NODE: process.execPath },
  });
  const window = await app.firstWindow();
  const listeners = new Set<(reply: Reply) => void>();
  await window.exposeFunction('receiveReply', (reply: Reply) => {
    for (const listener of listeners) listener(reply);
  });
  await window.evaluate(`mauzo.onMessage((reply) => void receiveReply(reply))`);

  let generation = 0;
  return {
    app,
    window,
    connect() {
      generation += 1;
      return Promise.resolve(connect(window, listeners, generation * FIRST_ID));
    },
    async close() {
      await app.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function connect(window: Page, listeners: Set<(reply: Reply) => void>, base: number): OpenedClient {
  const closers = new Set<() => void>();
  const used = new Set<number>();
  const own = new Set<(reply: Reply) => void>();
  // A window that is gone answers nothing: the test's own time limit says so.
  const post = (message: Request) => void window.evaluate(SEND, message).catch(() => undefined);
  const client = createRpcClient<MauzoContract>({
    send(message) {
      used.add(message.id);
      post({ ...message, id: message.id + base });
    },
    onMessage(listener) {
      const shifted = (reply: Reply) => {
        if (reply.id >= base && reply.id < base + FIRST_ID) listener({ ...reply, id: reply.id - base });
      };
      own.add(shifted);
      listeners.add(shifted);
      return () => void listeners.delete(shifted);
    },
    onClose(listener) {
      closers.add(listener);
      return () => void closers.delete(listener);
    },
    close: () => undefined,
  });
  return {
    client,
    close() {
      for (const listener of own) listeners.delete(listener);
      for (const id of used) post({ type: 'cancel', id: id + base });
      used.clear();
      for (const closer of closers) closer();
      return Promise.resolve();
    },
  };
}
