export { differingColumn, formatE4, parseE4, showAmount, TotalsSum } from './ledger-totals.ts';
export { Mutex, Semaphore } from './mutex.ts';
export { createPublisher, type Publisher, type PublisherOptions, type Settled } from './publisher.ts';
export { resolveLog, type Contribution, type ResolvedLog } from './resolve-log.ts';
export { branchDayKey, indexOf, prepareIndex } from './footprint-index.ts';
