import { z } from 'zod';
import { figuresEngineSchema } from '../domain/connections.ts';
import { defineCommand } from '../rpc/define.ts';

const chunk = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

export const publishingContract = {
  /**
   * Publishes what waits for it, and a named month (`yyyy-mm`) anew from its accepted rows; answers what the engine
   * serves then. It runs by itself after imports: this is for an engine whose months were lost or changed from outside.
   */
  'publishing.publish': defineCommand({
    input: z.strictObject({ engine: figuresEngineSchema, chunk: chunk.optional() }),
    output: z.object({
      dataVersion: z.number().int(),
      chunks: z.array(z.object({ chunk, generation: z.number().int(), rows: z.number().int() })),
    }),
    errors: ['publishing.no_cluster', 'publishing.chunk_unknown'],
  }),
};
