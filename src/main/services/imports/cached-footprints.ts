import { prepareIndex } from '../publishing/index.ts';
import type { FootprintRow } from '../publishing/ports.ts';
import type { ImportRegistry } from './store-ports.ts';

/** Footprint rows that are kept in memory, over all imports: about 200 MB at most. */
const MAX_ROWS = 400_000;

/**
 * A registry that remembers footprints. They never change, and every fold of the log reads those of all active imports;
 * they are prepared for folding in small pieces, so that the engine answers others meanwhile.
 */
export function withCachedFootprints(registry: ImportRegistry): ImportRegistry {
  // In the order of their last use.
  const kept = new Map<string, readonly FootprintRow[]>();
  let keptRows = 0;
  const keep = (importId: string, rows: readonly FootprintRow[]) => {
    if (!kept.has(importId)) keptRows += rows.length;
    kept.delete(importId);
    kept.set(importId, rows);
    for (const [oldest, oldRows] of kept) {
      if (keptRows <= MAX_ROWS || oldest === importId) break;
      kept.delete(oldest);
      keptRows -= oldRows.length;
    }
  };
  return {
    ...registry,
    async footprint(importIds) {
      const answer = new Map<string, readonly FootprintRow[]>();
      for (const importId of new Set(importIds)) {
        const rows = kept.get(importId) ?? (await registry.footprint([importId])).get(importId);
        // An accepted import has rows. One without is not known, or has lost them: never an import that counts nothing.
        if (!rows || rows.length === 0) continue;
        keep(importId, rows);
        await prepareIndex(rows);
        answer.set(importId, rows);
      }
      return answer;
    },
  };
}
