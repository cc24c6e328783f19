import { DEFAULT_SETTINGS } from '../../src/shared/contract/app.ts';
import { contract, type MauzoContract } from '../../src/shared/contract/index.ts';
import type { DataStatus } from '../../src/shared/domain/query.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { createDispatcher, type Dispatcher, type Handlers } from '../../src/shared/rpc/dispatcher.ts';

const status: DataStatus = {
  dataVersion: 0,
  publishing: false,
  rows: 0,
  from: null,
  to: null,
  branchesInNewestMonth: [],
  branches: [],
  rowsRejected: 0,
  rowsRead: 0,
  activeImports: 0,
};

/** An engine without data: enough of the contract for what a host must do; the rest says that it is missing. */
export function createStubDispatcher(): Dispatcher {
  const known: Partial<Handlers<MauzoContract>> = {
    'app.info': () => ({
      version: '0.0.0',
      host: 'in-process',
      home: '/nowhere',
      node: process.version,
      settings: DEFAULT_SETTINGS,
    }),
    'jobs.list': () => ({ jobs: [] }),
    'jobs.get': ({ jobId }) => {
      throw new AppError('jobs.unknown', 'notFound', { jobId });
    },
    'jobs.watch': (_, emit) => {
      emit({ type: 'snapshot', jobs: [] });
      return () => undefined;
    },
    'analytics.status': () => status,
    'analytics.watch': (_, emit) => {
      emit(status);
      return () => undefined;
    },
  };
  const handlers = new Proxy(known, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => {
        throw new AppError('app.bug', 'bug', { message: `no ${String(name)} in the stub` });
      }),
  });
  return createDispatcher(contract, handlers as Handlers<MauzoContract>, { checkOutputs: true });
}
