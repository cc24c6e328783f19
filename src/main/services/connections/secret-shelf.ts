import {
  type Connections,
  SECRET_NAMES,
  secretOrigin,
  type SecretName,
  type SecretPlace,
} from '#shared/domain/connections';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { Secrets, SecretStore } from './ports.ts';

/** One that a connection can do without. */
const OPTIONAL: ReadonlySet<SecretName> = new Set(['s3.sessionToken']);

export interface FoundSecret {
  readonly place: SecretPlace;
  readonly value: string | null;
  /** Why the keychain did not answer, when that is why the secret is missing. */
  readonly error: AppError | null;
}

const notFound = (place: 'not-needed' | 'missing', error: AppError | null = null): FoundSecret => ({
  place,
  value: null,
  error,
});

/** Under this name a secret stands in the keychain. */
const accountOf = (name: SecretName, origin: string) => `${name}|${origin}`;

export interface SecretShelfOptions {
  readonly environment: Secrets;
  readonly keychain: SecretStore;
  readonly session: SecretStore;
  /** Told when the keychain could not be used, and when that has another reason than before. */
  onTrouble(error: AppError): void;
  /** Told when it hands out a secret that it did not hand out before. */
  onRecovered(): void;
}

/**
 * Finds and keeps secrets, each bound to its origin. What the keychain said is remembered, so that a locked one asks a
 * person once and not at every look; {@link SecretShelf.askAgain} forgets that when a person does something about it.
 */
export class SecretShelf {
  readonly #options: SecretShelfOptions;
  readonly #known = new Map<string, string>();
  readonly #absent = new Set<string>();
  readonly #refused = new Set<string>();
  /** The origin that a secret of the environment is for: the first one it was used with. */
  readonly #environmentOrigins = new Map<SecretName, string>();
  #trouble: AppError | null = null;

  constructor(options: SecretShelfOptions) {
    this.#options = options;
  }

  /** Why the keychain could not be used when it was last asked for a secret; null when it could. */
  get trouble(): AppError | null {
    return this.#trouble;
  }

  askAgain(): void {
    this.#trouble = null;
    this.#absent.clear();
  }

  isFromEnvironment(name: SecretName): boolean {
    return this.#options.environment[name] !== undefined;
  }

  /** @param bind a secret of the environment belongs to these connections from now on; false for a draft */
  async find(name: SecretName, connections: Connections, bind: boolean): Promise<FoundSecret> {
    const origin = secretOrigin(name, connections);
    if (origin === null) return notFound('not-needed');
    const fromEnvironment = this.#options.environment[name];
    if (fromEnvironment !== undefined) {
      const bound = this.#environmentOrigins.get(name) ?? origin;
      if (bind) this.#environmentOrigins.set(name, bound);
      if (bound === origin) return { place: 'environment', value: fromEnvironment, error: null };
      return notFound('missing');
    }
    const account = accountOf(name, origin);
    const inSession = await this.#options.session.get(account);
    if (inSession !== null) return { place: 'session', value: inSession, error: null };
    const stored = await this.#fromKeychain(account);
    if (stored !== null) return { place: 'keychain', value: stored, error: null };
    return OPTIONAL.has(name) ? notFound('not-needed', this.#trouble) : notFound('missing', this.#trouble);
  }

  /** Every secret that is there, for a connection to be made. */
  async findAll(names: readonly SecretName[], connections: Connections, bind: boolean) {
    const secrets: Partial<Record<SecretName, string>> = {};
    for (const name of names) {
      const { value } = await this.find(name, connections, bind);
      if (value !== null) secrets[name] = value;
    }
    return secrets;
  }

  /** Whether some secret would be kept in the keychain. */
  needsKeychain(connections: Connections): boolean {
    return SECRET_NAMES.some(
      (name) =>
        !OPTIONAL.has(name) && !this.isFromEnvironment(name) && secretOrigin(name, connections) !== null,
    );
  }

  async places(connections: Connections): Promise<Record<SecretName, SecretPlace>> {
    const place = async (name: SecretName) => (await this.find(name, connections, false)).place;
    return {
      's3.secretAccessKey': await place('s3.secretAccessKey'),
      's3.sessionToken': await place('s3.sessionToken'),
      'druid.password': await place('druid.password'),
      'postgres.password': await place('postgres.password'),
    };
  }

  /** Stores in the keychain; where there is none, for the session. `keychain.refused` and `keychain.no_answer` are thrown. */
  async put(name: SecretName, connections: Connections, secret: string): Promise<void> {
    const origin = secretOrigin(name, connections);
    if (origin === null) throw new AppError('app.bug', 'bug', { message: `no origin for ${name}` });
    const account = accountOf(name, origin);
    const { keychain, session } = this.#options;
    try {
      await keychain.set(account, secret);
    } catch (thrown) {
      const error = this.#failed(thrown);
      if (error.code !== 'keychain.unavailable') throw error;
      await session.set(account, secret);
      return;
    }
    this.#trouble = null;
    this.#known.set(account, secret);
    this.#refused.delete(account);
    await session.remove(account);
  }

  /** Takes a secret away wherever it is kept. A keychain that is not there holds none. */
  async remove(name: SecretName, connections: Connections): Promise<void> {
    const origin = secretOrigin(name, connections);
    if (origin === null) return;
    const account = accountOf(name, origin);
    await this.#options.session.remove(account);
    this.#known.delete(account);
    try {
      await this.#options.keychain.remove(account);
    } catch (thrown) {
      const error = this.#failed(thrown);
      if (error.code !== 'keychain.unavailable') throw error;
    }
  }

  async #fromKeychain(account: string): Promise<string | null> {
    const known = this.#known.get(account);
    if (known !== undefined) return known;
    // One that is locked asks a person: once. One that is not there may come.
    const locked = this.#trouble !== null && this.#trouble.code !== 'keychain.unavailable';
    if (locked || this.#absent.has(account)) return null;
    try {
      const secret = await this.#options.keychain.get(account);
      if (secret === null) this.#absent.add(account);
      else {
        this.#known.set(account, secret);
        this.#trouble = null;
        if (this.#refused.delete(account)) this.#options.onRecovered();
      }
      return secret;
    } catch (thrown) {
      this.#refused.add(account);
      this.#failed(thrown);
      return null;
    }
  }

  #failed(thrown: unknown): AppError {
    const error = toAppError(thrown);
    const isNew = this.#trouble?.code !== error.code;
    this.#trouble = error;
    // A keychain that is not there is asked again and again; one line of it is enough.
    if (isNew) this.#options.onTrouble(error);
    return error;
  }
}
