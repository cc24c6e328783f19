import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { z } from 'zod';

const stateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
  maximized: z.boolean(),
});
type WindowState = z.infer<typeof stateSchema>;

const DEFAULT_SIZE = { width: 1440, height: 900 };

/** Where the window was, if that place is still on a screen; else the default size, centred by the system. */
export function readWindowState(path: string): { bounds: Partial<Rectangle>; maximized: boolean } {
  let stored: WindowState | undefined;
  try {
    stored = stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // First start, or a file from another version: the default is right and nothing of value is lost.
    return { bounds: DEFAULT_SIZE, maximized: false };
  }
  const { maximized, ...bounds } = stored;
  const visible = screen.getAllDisplays().some(({ workArea }) => overlaps(workArea, bounds));
  return { bounds: visible ? bounds : DEFAULT_SIZE, maximized };
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 100 && height > 50;
}

export function keepWindowState(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  });
}
