export { differingColumn, showAmount, TotalsSum } from './ledger-totals.ts';
export { Mutex, Semaphore } from './mutex.ts';
export type { ClusterProgress } from './cluster-progress.ts';
export { createClusterPublisher, type ClusterPublisher } from './cluster-publisher.ts';
export { PublishingService } from './publishing-service.ts';
export { createPublisher, type Publisher, type Settled } from './publisher.ts';
export { resolveLog, type Contribution } from './resolve-log.ts';
export { indexOf, prepareIndex } from './footprint-index.ts';
