import type { MauzoContract } from '#shared/contract/index';
import type { RpcClient } from '#shared/rpc/client';
import type { Output } from './output.ts';

const PATIENCE_MS = 60_000;

type Outcome = 'published' | 'behind' | 'unknown';

const WORDS: Readonly<Record<Outcome, string>> = {
  published: '',
  behind: 'Some accepted rows are not in the figures yet: they are still being published.\n',
  unknown: 'These are the figures of before: the shared database that knows what counts does not answer.\n',
};

/**
 * Waits until every accepted row is in the figures: an earlier command may have been stopped between the two. After a
 * minute, or when nobody can be asked, it goes on and says so; figures that lack something are never shown without a word.
 */
export async function waitUntilPublished(client: RpcClient<MauzoContract>, output: Output): Promise<void> {
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    const finish = (outcome: Outcome) => {
      clearTimeout(timer);
      // The first event may come before `open` has answered what closes the stream.
      queueMicrotask(() => close());
      resolve(outcome);
    };
    const timer = setTimeout(() => finish('behind'), PATIENCE_MS);
    const close = client.open(
      'analytics.watch',
      {},
      {
        onEvent(status) {
          if (!status.publishing) finish('published');
          else if (status.activeImports === null) finish('unknown');
        },
        onEnd(error) {
          clearTimeout(timer);
          if (error) reject(error);
        },
      },
    );
  });
  output.err(WORDS[outcome]);
}
