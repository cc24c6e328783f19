import type {
  ConnectionsView,
  ConnectionTarget,
  ProbeReport,
  ServiceStatus,
} from '#shared/contract/connections';
import type { ParsedInput } from '#shared/contract/index';
import { CONNECTION_NAMES, secretsOfKind } from '#shared/domain/connection-fields';
import { CONNECTION_KINDS, type Connections, SECRET_NAMES } from '#shared/domain/connections';
import { AppError, toAppError } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';
import type { Log } from '../diagnostics/ports.ts';
import { Mutex } from '../publishing/index.ts';
import {
  type Environment,
  type EnvironmentSettings,
  overlay,
  readEnvironment,
  savable,
} from './environment.ts';
import { createKeychainProbe } from './keychain-probe.ts';
import type { ConnectionContext, ConnectionProbe, ConnectionsKeeper, SecretStore } from './ports.ts';
import { SecretShelf } from './secret-shelf.ts';
import { type ProbeLimits, ServiceProbes } from './service-probes.ts';
import { type LookLine, plainLine, ServiceWatch } from './service-watch.ts';
import { givenSecrets, refuseEnvironmentChange, removedKinds, settingsProblem } from './settings-check.ts';

export interface ConnectionsOptions {
  readonly keeper: ConnectionsKeeper;
  readonly keychain: SecretStore;
  /** Takes the keychain's place on a machine without one, until Mauzo is closed. */
  readonly session: SecretStore;
  /** Environment variables of the process. */
  readonly env: Environment;
  readonly probes: Readonly<Record<'s3' | 'druid' | 'postgres', ConnectionProbe>>;
  /** Connects anew: after a save, and when the keychain hands out what it refused before. */
  onSaved(context: ConnectionContext): Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
}

interface Limits extends ProbeLimits {
  /** Time between two looks while somebody watches. */
  readonly everyMs: number;
}
const LIMITS: Limits = { lookMs: 10_000, testMs: 180_000, closeMs: 5_000, everyMs: 15_000 };

/** Settings of the connections of one data folder, their secrets, and how the services do. */
export class ConnectionsService {
  readonly #options: ConnectionsOptions;
  readonly #environment: EnvironmentSettings;
  readonly #shelf: SecretShelf;
  readonly #probes: ServiceProbes;
  readonly #watch: ServiceWatch;
  readonly #saving = new Mutex();
  #reconnecting = false;

  /** Fails with `connections.environment_invalid`. */
  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#environment = readEnvironment(options.env);
    const { keychain, session, log } = options;
    const limits = { ...LIMITS, ...options.limits };
    this.#shelf = new SecretShelf({
      environment: this.#environment.secrets,
      keychain,
      session,
      onTrouble: (error) => log.warn({ error }, 'The keychain could not be used'),
      onRecovered: () => void this.#reconnect(),
    });
    const probes = { ...options.probes, keychain: createKeychainProbe(keychain) };
    this.#probes = new ServiceProbes(probes, this.#shelf, limits);
    this.#watch = new ServiceWatch({
      connected: async () => this.#connected(await this.#read()),
      look: (target, signal) => this.look(target, signal),
      everyMs: limits.everyMs,
      now: options.now,
      onChange: ({ target, name, state, error }) =>
        log.info({ target, name, state, code: error?.code ?? null }, 'A service came or went'),
      onError: (error) => log.warn({ error }, 'It could not be told what is connected'),
    });
  }

  async get(): Promise<ConnectionsView> {
    const connections = await this.#read();
    return {
      connections,
      secrets: await this.#shelf.places(connections),
      fromEnvironment: [...this.#environment.kinds],
      keychain: await this.#keychainState(),
    };
  }

  /**
   * What a connection is made with now. A secret that the keychain does not hand out is left out (and in the log).
   * Fails with `connections.invalid` when what is saved does not fit together any more, as without a variable that was
   * there before.
   */
  async current(): Promise<ConnectionContext> {
    const connections = await this.#read();
    const problem = settingsProblem(connections);
    if (problem) throw problem;
    return { connections, secrets: await this.#shelf.findAll(SECRET_NAMES, connections, true) };
  }

  save(input: ParsedInput<'connections.save'>): Promise<ConnectionsView> {
    return this.#saving.run(() => this.#save(input));
  }

  /** A real round trip. What the server causes is a failed step; an abort is `app.cancelled`. */
  async test(
    { target, connections: draft, secrets }: ParsedInput<'connections.test'>,
    signal: AbortSignal,
  ): Promise<ProbeReport> {
    const saved = await this.#options.keeper.read();
    if (draft) refuseEnvironmentChange(draft, this.#environment);
    const connections = overlay(draft ?? saved, this.#environment);
    if (target !== 'keychain' && connections[target] === null)
      throw new AppError('connections.not_configured', 'notFound', { name: CONNECTION_NAMES[target] });
    const problem = settingsProblem(connections, target);
    if (problem) throw problem;
    const given = givenSecrets(secrets, connections, (name) => this.#shelf.isFromEnvironment(name));
    this.#shelf.askAgain();
    return this.#probes.test(target, connections, Object.fromEntries(given), { saved: !draft, signal });
  }

  watch(emit: (event: { services: ServiceStatus[] }) => void): Promise<() => void> {
    return this.#watch.watch((services) => emit({ services }));
  }

  /** One cheap look at a service with what is saved; one line, or one for each service of Druid. Never throws. */
  async look(target: ConnectionTarget, signal: AbortSignal): Promise<readonly LookLine[]> {
    try {
      return await this.#probes.look(target, await this.#read(), signal);
    } catch (thrown) {
      return [plainLine(target, 'failed', toAppError(thrown))];
    }
  }

  /** Whether some secret would be kept in the keychain: otherwise nobody needs to have one. */
  async needsKeychain(): Promise<boolean> {
    return this.#shelf.needsKeychain(await this.#read());
  }

  /** Stops watching, and cuts running tests off once they took away what they wrote. */
  async close(): Promise<void> {
    this.#watch.close();
    await this.#probes.close();
  }

  async #read(): Promise<Connections> {
    return overlay(await this.#options.keeper.read(), this.#environment);
  }

  #connected(connections: Connections): ReadonlySet<ConnectionTarget> {
    const kinds: ConnectionTarget[] = CONNECTION_KINDS.filter((kind) => connections[kind] !== null);
    return new Set(this.#shelf.needsKeychain(connections) ? [...kinds, 'keychain'] : kinds);
  }

  async #keychainState(): Promise<ConnectionsView['keychain']> {
    const [line] = await this.look('keychain', new AbortController().signal);
    if (!line?.error) return { available: true, reason: null };
    const { reason } = line.error.details;
    return { available: false, reason: typeof reason === 'string' ? reason : renderError(line.error).cause };
  }

  async #save({ connections: wanted, secrets }: ParsedInput<'connections.save'>): Promise<ConnectionsView> {
    const { keeper } = this.#options;
    const saved = await keeper.read();
    refuseEnvironmentChange(wanted, this.#environment);
    const before = overlay(saved, this.#environment);
    const after = overlay(wanted, this.#environment);
    const problem = settingsProblem(after);
    if (problem) throw problem;
    const given = givenSecrets(secrets, after, (name) => this.#shelf.isFromEnvironment(name));
    this.#shelf.askAgain();
    for (const [name, secret] of given) await this.#shelf.put(name, after, secret);
    await keeper.write(savable(wanted, saved, this.#environment));
    try {
      for (const name of SECRET_NAMES) if (secrets[name] === null) await this.#shelf.remove(name, after);
      for (const kind of removedKinds(before, after))
        for (const name of secretsOfKind(kind)) await this.#shelf.remove(name, before);
    } finally {
      // Saved is saved, also when the keychain keeps what it should have removed.
      this.#watch.refresh();
      await this.#options.onSaved(await this.current());
    }
    return this.get();
  }

  async #reconnect(): Promise<void> {
    if (this.#reconnecting) return;
    this.#reconnecting = true;
    try {
      await this.#options.onSaved(await this.current());
    } catch (error) {
      this.#options.log.warn({ error }, 'The engine could not connect with what the keychain handed out');
    } finally {
      this.#reconnecting = false;
    }
  }
}
