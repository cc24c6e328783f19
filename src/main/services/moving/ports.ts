import type { Mapping } from '#shared/domain/mapping';
import type { ActivationEntry, ImportRecord } from '../imports/index.ts';
import type { FootprintRow } from '../publishing/ports.ts';

/** Everything that a registry holds, but for footprints. */
export interface RegistryContent {
  readonly storeId: string;
  /** The store whose content was moved into this one; null when none was. */
  readonly movedFrom: string | null;
  /** In the order in which they were accepted. */
  readonly imports: readonly ImportRecord[];
  /** Of every dataset, by sequence. */
  readonly log: readonly ActivationEntry[];
  readonly generations: readonly {
    readonly dataset: string;
    readonly chunk: string;
    readonly generation: number;
  }[];
  readonly mappings: readonly {
    readonly fingerprint: string;
    readonly mapping: Mapping;
    /** ISO 8601. */
    readonly rememberedAt: string;
  }[];
  /** Only what was changed; values as JSON text. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

/** What a registry lacks of another one. */
export type RegistryAddition = Pick<
  RegistryContent,
  'imports' | 'log' | 'generations' | 'mappings' | 'settings'
> & {
  readonly movedFrom: string;
  /** Entries that the target has, and that are undone in the source. */
  readonly undone: readonly ActivationEntry[];
  /** Entries that the target's log had when this was made up. */
  readonly expectedEntries: number;
};

/** A registry as a whole, for moving. */
export interface RegistryArchive {
  /** One state of it. */
  read(): Promise<RegistryContent>;
  footprint(importId: string): Promise<readonly FootprintRow[]>;
  /**
   * Adds what is missing, all of it or nothing; fails with `moving.target_changed` when the log is not as long as
   * expected any more.
   */
  add(
    addition: RegistryAddition,
    footprintOf: (importId: string) => Promise<readonly FootprintRow[]>,
  ): Promise<void>;
}
