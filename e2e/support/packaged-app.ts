import { spawn } from 'node:child_process';
import { FLAGS } from './desktop-test.ts';

/**
 * The packaged app, driven over Chromium's debugging port. Its fuses forbid the inspector by which Playwright drives
 * Electron, and the older Electron of the tests lacks what Playwright's CDP connection asks for, so the few commands
 * that are needed are sent here.
 */
export interface PackagedApp {
  /** Text of the page. */
  text(): Promise<string>;
  /** Runs an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  drop(paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function startPackaged(binary: string, home: string, nodePath: string): Promise<PackagedApp> {
  const child = spawn(binary, [...FLAGS, '--remote-debugging-port=0', '--home', home], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MAUZO_NODE: nodePath },
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const port = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the packaged app ended with ${code}: ${output}`)));
  });
  const send = await connect(await pageEndpoint(port));
  const evaluate = async (expression: string) => {
    const { result } = (await send('Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value?: unknown };
    };
    return result.value;
  };
  return {
    evaluate,
    text: async () => String(await evaluate('document.body.innerText')),
    async drop(paths) {
      const data = { items: [], files: [...paths], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop']) {
        await send('Input.dispatchDragEvent', { type, x: 640, y: 300, data });
      }
    },
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Waits until the window's page is there, at most as long as the test's own limit. */
async function pageEndpoint(port: string): Promise<string> {
  for (;;) {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string;
      url: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = targets.find(({ type, url }) => type === 'page' && url.startsWith('mauzo:'));
    if (page) return page.webSocketDebuggerUrl;
  }
}

type Send = (method: string, params: object) => Promise<unknown>;

async function connect(endpoint: string): Promise<Send> {
  const socket = new WebSocket(endpoint);
  await new Promise((done, fail) => {
    socket.addEventListener('open', done, { once: true });
    socket.addEventListener('error', fail, { once: true });
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const entry = message.id === undefined ? undefined : waiting.get(message.id);
    if (!entry || message.id === undefined) return;
    waiting.delete(message.id);
    if (message.error) entry.reject(new Error(message.error.message));
    else entry.resolve(message.result);
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
}
