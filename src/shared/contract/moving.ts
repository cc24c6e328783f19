import { z } from 'zod';
import { defineCommand } from '../rpc/define.ts';

const count = z.number().int().nonnegative();

/** What a move did. Repeated without a change in between it copies nothing. */
export const moveReportSchema = z.object({
  /** Accepted imports that are in the target now, and how many of them this move brought. */
  imports: count,
  importsCopied: count,
  /** Entries of the activation log that this move brought, and undone marks. */
  entriesCopied: count,
  undoneCopied: count,
  mappingsCopied: count,
  settingsCopied: count,
  objectsCopied: count,
  /** Objects that the target had already. */
  objectsKept: count,
  /** Objects that this computer does not hold: of imports that are still on their way, or lost. */
  objectsMissing: z.array(z.string()),
});
export type MoveReport = z.infer<typeof moveReportSchema>;

export const movingContract = {
  /**
   * Copies what counts on this computer (imports, activation log, mappings, settings, and objects when an object store
   * is set) into the PostgreSQL that is set. May be repeated; what is here stays as it is.
   */
  'connections.move': defineCommand({
    input: z.strictObject({}),
    output: moveReportSchema,
    errors: [
      'moving.no_database',
      'moving.target_not_empty',
      'moving.diverged',
      'moving.target_changed',
      'moving.not_verified',
    ],
  }),
};
