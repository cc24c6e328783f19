import type { MauzoContract } from '#shared/contract/index';
import { createRpcClient, type RpcClient } from '#shared/rpc/client';
import type { Contract } from '#shared/rpc/define';
import type { Dispatcher } from '#shared/rpc/dispatcher';
import { createMemoryTransports } from './memory-transport.ts';

export interface InProcessClient<C extends Contract> {
  readonly client: RpcClient<C>;
  /** Cancels running calls and stops streams. */
  close(): void;
}

/** A client of a dispatcher in the same process: the command line and tests. */
export function connectInProcess<C extends Contract = MauzoContract>(
  dispatcher: Dispatcher,
): InProcessClient<C> {
  const transports = createMemoryTransports();
  dispatcher.serve(transports.server);
  return { client: createRpcClient<C>(transports.client), close: () => transports.client.close() };
}
