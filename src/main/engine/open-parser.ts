import { createChildProcessLauncher, createFileParser } from '../adapters/processes/index.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import type { ProcessLauncher } from '../services/imports/launcher-port.ts';
import type { FileParser } from '../services/imports/ports.ts';

const GIB = 1024 ** 3;
/** Above the largest need that was measured on 500 MB files, below what would push other programs out of memory. */
const MEMORY_LIMIT_BYTES = 1.5 * GIB;
const TIME_LIMIT_MS = 30 * 60_000;
const INACTIVITY_MS = 60_000;

/**
 * The parser of an engine: each file in a process of its own with limits of memory and time.
 * @param launcher starts `parser.cjs`; or the folder in which it lies (`out/main`), to start it under this very Node
 */
export function openParser(launcher: ProcessLauncher | { readonly folder: string }, log?: Log): FileParser {
  return createFileParser({
    launcher: 'launch' in launcher ? launcher : createChildProcessLauncher({ folder: launcher.folder }),
    memoryLimitBytes: MEMORY_LIMIT_BYTES,
    timeLimitMs: TIME_LIMIT_MS,
    inactivityMs: INACTIVITY_MS,
    onFailure: ({ fileName, error, detail }) =>
      log?.warn({ fileName, code: error.code, detail }, 'A file could not be read'),
  });
}
