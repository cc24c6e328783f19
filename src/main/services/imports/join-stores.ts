import type { Settings } from '#shared/contract/app';
import { toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { joinRules } from '../rules/index.ts';
import type { LocalStores, MappingMemory, SettingsStore, SharedStores, Stores } from './store-ports.ts';

/** Settings of a person and not of a company: they stay on this computer. */
const PERSONAL: ReadonlySet<string> = new Set<keyof Settings>(['theme']);

type Closable = { close(): Promise<void> };

/** Answers what the shared store says; what this computer knows while the shared store cannot be asked, for whatever reason. */
async function sharedOr<T>(ask: () => Promise<T>, own: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (connectionOf(toAppError(error)) === null) throw error;
    return own();
  }
}

function pick(settings: Partial<Settings>, personal: boolean): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => value !== undefined && PERSONAL.has(name) === personal,
    ),
  );
}

/** Settings of everybody, with a copy on this computer for the time in which they cannot be asked. */
function joinSettings(own: SettingsStore, shared: SettingsStore): SettingsStore {
  const join = async (fromShared: Settings): Promise<Settings> => {
    const known = await own.read();
    const joined = { ...fromShared, ...pick(known, true) };
    if (JSON.stringify(joined) !== JSON.stringify({ ...joined, ...known })) await own.update(joined);
    return joined;
  };
  return {
    read: () => sharedOr(async () => join(await shared.read()), own.read),
    async update(patch) {
      const [mine, everybodys] = [pick(patch, true), pick(patch, false)];
      // First what may fail: a change that everybody must see is not made here alone.
      const answer = Object.keys(everybodys).length > 0 ? await shared.update(everybodys) : null;
      if (Object.keys(mine).length > 0) await own.update(mine);
      return answer ? join(answer) : sharedOr(async () => join(await shared.read()), own.read);
    },
  };
}

/** Mappings of everybody. What is confirmed while they cannot be told is used here at once, and told later. */
function joinMappings(own: LocalStores['ownMappings'], shared: MappingMemory): MappingMemory {
  const tell = async () => {
    for (const { fingerprint, mapping } of await own.held()) {
      await shared.remember(fingerprint, mapping);
      await own.told(fingerprint, mapping);
    }
  };
  return {
    find: (fingerprint) =>
      sharedOr(
        async () => {
          await tell();
          const found = await shared.find(fingerprint);
          const known = found && (await own.find(fingerprint));
          if (found && JSON.stringify(found) !== JSON.stringify(known))
            await own.remember(fingerprint, found);
          return found;
        },
        () => own.find(fingerprint),
      ),
    async remember(fingerprint, mapping) {
      await own.hold(fingerprint, mapping);
      await sharedOr(tell, () => Promise.resolve());
    },
  };
}

/**
 * The stores of an engine whose registry lies elsewhere. Reading and checking files goes on while the shared store is
 * away: settings and mappings are answered from copies then; everything else fails with its error.
 */
export function joinStores(local: LocalStores & Closable, shared: SharedStores & Closable): Stores {
  const { jobs, publication, connections, ownSettings, ownMappings, ownRules } = local;
  const { registry, cluster, leases, tasks } = shared;
  return {
    jobs,
    publication,
    connections,
    ownSettings,
    ownMappings,
    ownRules,
    registry,
    cluster,
    leases,
    tasks,
    settings: joinSettings(ownSettings, shared.settings),
    mappings: joinMappings(ownMappings, shared.mappings),
    rules: joinRules(ownRules, shared.rules),
    async close() {
      await shared.close();
      await local.close();
    },
  };
}
