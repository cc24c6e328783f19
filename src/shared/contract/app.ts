import { z } from 'zod';
import { defineCommand, defineQuery } from '../rpc/define.ts';

/** Settings that people change; versioned with the store's migrations. */
export const settingsSchema = z.object({
  organisation: z.string().max(100),
  currency: z.string().regex(/^[A-Z]{3}$/),
  timeZone: z.string().max(100),
  /** Share of rejected rows, in percent, above which a job waits for a person. */
  maxRejectsPercent: z.number().min(0).max(100),
  theme: z.enum(['system', 'light', 'dark']),
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  organisation: 'Head office',
  currency: 'KES',
  timeZone: 'Africa/Nairobi',
  maxRejectsPercent: 0.2,
  theme: 'system',
};

/** One line of the doctor: what was checked, what was found, and what to do about it. */
export const checkSchema = z.object({
  area: z.enum(['runtime', 'store', 'objects', 'engine', 'ledger', 'jobs', 'orphans', 'connections']),
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  cause: z.string().nullable(),
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof checkSchema>;

export const appContract = {
  'app.info': defineQuery({
    input: z.strictObject({}),
    output: z.object({
      version: z.string(),
      host: z.enum(['electron', 'browser', 'in-process']),
      home: z.string(),
      node: z.string(),
      settings: settingsSchema,
    }),
  }),
  'app.update-settings': defineCommand({
    input: settingsSchema.partial().strict(),
    output: settingsSchema,
  }),
  'app.doctor': defineQuery({
    input: z.strictObject({}),
    output: z.object({ checks: z.array(checkSchema) }),
  }),
};
