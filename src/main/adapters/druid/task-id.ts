import { createHash } from 'node:crypto';
import type { ChunkLoad } from '../../services/publishing/ports.ts';

/** How the ids of all tasks of ours on a chunk begin. No datasource has a hyphen in its name, so none fits two chunks. */
export const taskPrefix = (datasource: string, chunk: string) => `mauzo_${datasource}_${chunk}_`;

/**
 * Says what the task does: datasource, chunk, generation, attempt, and a hash of the registry that counts generations and
 * of everything that the outcome depends on.
 * Druid refuses an id that it has had, so the same load cannot run twice, also when its answer was lost.
 */
export function taskIdOf(datasource: string, load: ChunkLoad, spec: unknown): string {
  const inputs = load.inputs.map(({ key, sha256, rows }) => [key, sha256, rows]);
  const hash = createHash('sha256')
    .update(JSON.stringify([load.registryId, inputs, spec]))
    .digest('hex');
  return `${taskPrefix(datasource, load.chunk)}g${load.generation}_a${load.attempt}_${hash.slice(0, 16)}`;
}
