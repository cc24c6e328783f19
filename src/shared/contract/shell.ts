import { z } from 'zod';
import { defineCommand } from '../rpc/define.ts';

/** What only a desktop shell can do. Served by Electron's main process on the same channel as the engine's contract. */
export const shellContract = {
  /** The system's open dialog; [] when the person cancelled it. */
  'shell.open-files': defineCommand({
    input: z.strictObject({}),
    output: z.object({ paths: z.array(z.string()) }),
  }),
  /** Shows a file that Mauzo wrote in the system's file manager. */
  'shell.show-file': defineCommand({
    input: z.strictObject({ path: z.string().min(1).max(4096) }),
    output: z.object({}),
    errors: ['shell.path_not_ours'],
  }),
  /** The system's save dialog; null when the person cancelled it. */
  'shell.save-as': defineCommand({
    input: z.strictObject({ suggestedName: z.string().min(1).max(255) }),
    output: z.object({ path: z.string().nullable() }),
  }),
  /** Keeps title bar and native dialogs in the colours of the page. */
  'shell.set-theme': defineCommand({
    input: z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }),
    output: z.object({}),
  }),
};
