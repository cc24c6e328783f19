import type { Page } from '@playwright/test';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Drops files of this machine on the window, through the browser's own drag and drop; the pointer moves to `at` with the drop. */
export async function dropFiles(
  page: Page,
  paths: readonly string[],
  at: Point = { x: 640, y: 300 },
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'drop', point: Point) =>
    session.send('Input.dispatchDragEvent', { type, ...point, data });
  await send('dragEnter', { x: 640, y: 300 });
  await send('dragOver', { x: 640, y: 300 });
  await send('drop', at);
  await session.detach();
}
