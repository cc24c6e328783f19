import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultDataFolder } from '../hosts/data-folder.ts';

export interface LaunchArguments {
  /** The data folder. */
  readonly home: string;
  /** Also import the bundled sample when the data folder is empty. */
  readonly demo: boolean;
  /** Files that the system asked Mauzo to open. */
  readonly files: readonly string[];
}

/** Reads Mauzo's own switches and leaves Chromium's alone. */
export function readLaunchArguments(argv: readonly string[]): LaunchArguments {
  let home: string | null = null;
  let demo = false;
  const files: string[] = [];
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--home') home = argv[++index] ?? null;
    else if (argument.startsWith('--home=')) home = argument.slice('--home='.length);
    else if (argument === '--demo') demo = true;
    else if (!argument.startsWith('-') && isFile(argument)) files.push(resolve(argument));
  }
  return { home: resolve(home ?? defaultDataFolder(demo ? 'demo' : 'real')), demo, files };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
