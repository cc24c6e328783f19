import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartBuffers } from './part-buffers.ts';

const never = new AbortController().signal;

describe('the buffers of parts', () => {
  it('are never more than so many, whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
        async (count, turns) => {
          const buffers = new PartBuffers(count, 8);
          const inUse = new Set<Buffer>();
          let most = 0;
          await Promise.all(
            turns.map(async (rounds) => {
              const buffer = await buffers.take(never);
              expect(inUse.has(buffer)).toBe(false);
              inUse.add(buffer);
              most = Math.max(most, inUse.size);
              for (let round = 0; round < rounds; round += 1) await Promise.resolve();
              inUse.delete(buffer);
              buffers.give(buffer);
            }),
          );
          expect(most).toBeLessThanOrEqual(count);
        },
      ),
    );
  });

  it('are not lost when somebody who waits goes away', async () => {
    const buffers = new PartBuffers(1, 8);
    const first = await buffers.take(never);
    const controller = new AbortController();
    const leaving = buffers.take(controller.signal);
    const staying = buffers.take(never);
    controller.abort();
    await expect(leaving).rejects.toThrow('app.cancelled');
    buffers.give(first);
    expect(await staying).toBe(first);
    await expect(buffers.take(AbortSignal.abort())).rejects.toThrow('app.cancelled');
  });
});
