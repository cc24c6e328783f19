import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const dist = process.env['MAUZO_TEST_ELECTRON'];
const root = resolve(import.meta.dirname, '../..');

const SECRETS = ['MAUZO_POSTGRES_PASSWORD', 'MAUZO_S3_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'];
/** Where a parser tells the names of its variables, before it does its work. */
const TOLD = 'environment.json';

/** The built app whose engine is replaced by the stand-in; everything runs under Electron's own Node. */
async function buildApp(folder: string): Promise<void> {
  cpSync(join(root, 'out'), join(folder, 'out'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outDir = join(folder, 'stand-in');
  mkdirSync(outDir);
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      ssr: true,
      outDir,
      target: 'node16',
      rollupOptions: {
        input: { engine: join(import.meta.dirname, 'utility-engine.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
    ssr: { noExternal: true },
  });
  const main = join(folder, 'out', 'main');
  cpSync(join(outDir, 'engine.cjs'), join(main, 'engine.cjs'));
  renameSync(join(main, 'parser.cjs'), join(main, 'real-parser.cjs'));
  writeFileSync(
    join(main, 'parser.cjs'),
    `require('node:fs').writeFileSync(__dirname + '/${TOLD}', JSON.stringify(Object.keys(process.env)));
    require('./real-parser.cjs');`,
  );
}

describe.runIf(dist)('processes under a real utilityProcess', () => {
  let folder: string;
  let app: ElectronApplication;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-utility-'));
    await buildApp(folder);
    const env = { ...process.env };
    // Without it main forks the engine as the shipped app does.
    delete env['MAUZO_NODE'];
    for (const name of SECRETS) env[name] = 'planted';
    app = await _electron.launch({
      executablePath: join(dist ?? '', 'electron'),
      args: ['--no-sandbox', '--disable-gpu', folder, '--home', join(folder, 'home')],
      env: env as Record<string, string>,
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const ask = async (path: string): Promise<unknown> => {
    const window = await app.firstWindow();
    return window.evaluate(
      (input) =>
        new Promise((done) => {
          const { mauzo } = globalThis as unknown as {
            mauzo: {
              onMessage(listener: (reply: { id: number }) => void): () => void;
              send(message: object): void;
            };
          };
          const stop = mauzo.onMessage((reply) => {
            if (reply.id !== 7_000_000) return;
            stop();
            done(reply);
          });
          mauzo.send({ type: 'call', id: 7_000_000, name: 'test.inspect', input });
        }),
      path,
    );
  };

  /** The parser's own words about a file that it refuses, and that it was ended on request. */
  const refused = (code: string) => ({
    type: 'ok',
    output: {
      answer: { kind: 'failed', error: { code, kind: 'input' } },
      pid: expect.any(Number),
      exit: expect.any(Object),
    },
  });

  it('hands the engine a channel to a parser, which answers over it and ends when it is told to', async () => {
    const empty = join(folder, 'empty.csv');
    writeFileSync(empty, '');
    expect(await ask(empty)).toMatchObject(refused('reading.empty_file'));
  });

  it('starts a parser without the secrets that its starter has', () => {
    const told: unknown = JSON.parse(readFileSync(join(folder, 'out', 'main', TOLD), 'utf8'));
    expect(told).toContain('POLARS_MAX_THREADS');
    for (const name of SECRETS) expect(told).not.toContain(name);
  });

  it('starts a new process for the next file', async () => {
    const pdf = join(folder, 'invoice.csv');
    writeFileSync(pdf, '%PDF-1.7\n');
    expect(await ask(pdf)).toMatchObject(refused('reading.not_a_table'));
  });
});
