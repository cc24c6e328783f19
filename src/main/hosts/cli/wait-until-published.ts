import type { MauzoContract } from '#shared/contract/index';
import type { RpcClient } from '#shared/rpc/client';
import type { Output } from './output.ts';

const PATIENCE_MS = 60_000;

/**
 * Waits until every accepted row is in the figures: an earlier command may have been stopped between the two. After a
 * minute it goes on and says so; figures that lack something are never shown without a word.
 */
export async function waitUntilPublished(client: RpcClient<MauzoContract>, output: Output): Promise<void> {
  const published = await new Promise<boolean>((resolve, reject) => {
    const finish = (outcome: boolean) => {
      clearTimeout(timer);
      // The first event may come before `open` has answered what closes the stream.
      queueMicrotask(() => close());
      resolve(outcome);
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    const close = client.open(
      'analytics.watch',
      {},
      {
        onEvent(status) {
          if (!status.publishing) finish(true);
        },
        onEnd(error) {
          clearTimeout(timer);
          if (error) reject(error);
        },
      },
    );
  });
  if (!published)
    output.err('Some accepted rows are not in the figures yet: they are still being published.\n');
}
