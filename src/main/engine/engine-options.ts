import type { SecretStore } from '../services/connections/ports.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import type { FileParser } from '../services/imports/ports.ts';
import type { Stores } from '../services/imports/store-ports.ts';

export interface EngineOptions {
  /** The data folder; made when missing. One engine at a time: `app.home_in_use` otherwise. */
  readonly home: string;
  readonly host: 'electron' | 'browser' | 'in-process';
  readonly version: string;
  /** Folder of the bundled sample files. */
  readonly sampleDir: string;
  /** Reads files in processes of their own. Closed with the engine. */
  readonly parser: FileParser & { close?(): Promise<void> };
  /** A log of the caller's; by default JSON lines in `<home>/logs`. */
  readonly log?: Log;
  /** The clock of the jobs. */
  readonly now?: () => Date;
  /** Puts something between the engine and its store: the fault tests count and kill there. */
  readonly wrapStores?: (stores: Stores) => Stores;
  /** Environment variables that set connections; those of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the keychain of this computer: tests must not write into that of a person. */
  readonly keychain?: SecretStore & { close?(): void };
  /** Memory of the local engine's two databases together, in MiB; 1,024 unless set. */
  readonly memoryMiB?: number;
}
