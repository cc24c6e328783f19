import { join, resolve } from 'node:path';
import { version } from '../../../../package.json';
import type { MauzoContract } from '#shared/contract/index';
import { AppError } from '#shared/errors/app-error';
import type { RpcClient } from '#shared/rpc/client';
import { createEngine, type Engine } from '../../engine/create-engine.ts';
import type { EngineOptions } from '../../engine/engine-options.ts';
import { openParser } from '../../engine/open-parser.ts';
import type { FileParser } from '../../services/imports/ports.ts';
import { defaultDataFolder } from '../data-folder.ts';
import { connectInProcess } from '../in-process/index.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

/** Where the parts of the program lie, and how a parser is made; tests pass their own. */
export interface Installation {
  /** The built entries (`out/main`). */
  readonly entries: string;
  readonly rendererFolder: string;
  readonly sampleFolder: string;
  openParser(): FileParser;
}

export interface Context {
  readonly args: Arguments;
  readonly output: Output;
  readonly json: boolean;
  readonly installation: Installation;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
}

export function installationAt(entries: string): Installation {
  return {
    entries,
    rendererFolder: join(entries, '..', 'renderer'),
    sampleFolder: join(entries, '..', '..', 'resources', 'sample'),
    openParser: () => openParser({ folder: entries }),
  };
}

/** The data folder of `--home`, else the one that the desktop app uses. */
export function homeOf(args: Arguments): string {
  const given = args.text('home');
  if (given !== undefined) return resolve(given);
  return defaultDataFolder('real');
}

export function startEngine(
  { args, installation }: Context,
  host: EngineOptions['host'],
  parser: FileParser = installation.openParser(),
): Promise<Engine> {
  return createEngine({
    home: homeOf(args),
    host,
    version,
    sampleDir: installation.sampleFolder,
    parser,
  });
}

export interface Session {
  readonly engine: Engine;
  readonly client: RpcClient<MauzoContract>;
  readonly parser: FileParser;
}

/** Runs a command on an engine of its own, which is closed in order whatever happens: jobs go on at the next start. */
export async function withEngine<T>(context: Context, run: (session: Session) => Promise<T>): Promise<T> {
  const parser = context.installation.openParser();
  const engine = await startEngine(context, 'in-process', parser);
  const { client, close } = connectInProcess<MauzoContract>(engine.dispatcher);
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new AppError('app.cancelled', 'cancelled'));
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    if (context.signal.aborted) stop();
    return await Promise.race([run({ engine, client, parser }), stopped.promise]);
  } finally {
    context.signal.removeEventListener('abort', stop);
    close();
    await engine.close();
  }
}
