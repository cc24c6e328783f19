import type { Stores } from '../services/imports/store-ports.ts';

/**
 * For fault tests only: kills this process right after its n-th durable write, as a power cut would. Writes of the
 * store are counted; between two of them lies everything that touches files.
 */
export function killAfterWrites(stores: Stores, writes: number): Stores {
  let left = writes;
  const counted =
    <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const result = await write(...args);
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return result;
    };
  const { jobs, registry, publication, mappings } = stores;
  return {
    ...stores,
    jobs: { ...jobs, insert: counted(jobs.insert), update: counted(jobs.update) },
    registry: { ...registry, activate: counted(registry.activate), undo: counted(registry.undo) },
    publication: { ...publication, adopt: counted(publication.adopt) },
    mappings: { ...mappings, remember: counted(mappings.remember) },
  };
}
