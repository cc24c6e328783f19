import type { ConnectionTarget, ProbeReport, ProbeStep } from '#shared/contract/connections';
import { secretsOfKind } from '#shared/domain/connection-fields';
import type { Connections, SecretName } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { errorWithoutSecrets, hideSecrets } from './hide-secrets.ts';
import type { ConnectionProbe, Secrets } from './ports.ts';
import type { SecretShelf } from './secret-shelf.ts';
import { type LookLine, plainLine, TARGET_NAMES } from './service-watch.ts';
import { settingsProblem } from './settings-check.ts';
import { firstSteps, missingSecret } from './test-steps.ts';
import { withinLimit } from './within-limit.ts';

export interface ProbeLimits {
  readonly lookMs: number;
  readonly testMs: number;
  /** How long a test that is cut off by the end may clean up. */
  readonly closeMs: number;
}

/** Secrets that a target is connected with: none that it does not need. */
const SECRETS: Readonly<Record<ConnectionTarget, readonly SecretName[]>> = {
  s3: secretsOfKind('s3'),
  // Druid's tasks may carry the keys of the object store.
  druid: [...secretsOfKind('druid'), ...secretsOfKind('s3')],
  postgres: secretsOfKind('postgres'),
  keychain: [],
};

const noAnswer = (target: ConnectionTarget, limitMs: number) =>
  new AppError('connections.no_answer', 'timeout', {
    name: TARGET_NAMES[target],
    seconds: Math.round(limitMs / 1000),
  });

const lateStep = (target: ConnectionTarget, limitMs: number): ProbeStep => ({
  name: 'Wait for the answer',
  state: 'failed',
  detail: '',
  elapsedMs: limitMs,
  error: noAnswer(target, limitMs).toJSON(),
});

/** Asks the servers: with secrets of the right origin, within a time limit, and with nothing secret in the answer. */
export class ServiceProbes {
  readonly #probes: Readonly<Record<ConnectionTarget, ConnectionProbe>>;
  readonly #shelf: SecretShelf;
  readonly #limits: ProbeLimits;
  readonly #tests = new Map<Promise<unknown>, AbortController>();

  constructor(
    probes: Readonly<Record<ConnectionTarget, ConnectionProbe>>,
    shelf: SecretShelf,
    limits: ProbeLimits,
  ) {
    this.#probes = probes;
    this.#shelf = shelf;
    this.#limits = limits;
  }

  /** One line, or one for each service of Druid. What cannot be asked is a failed line with the cause. */
  async look(
    target: ConnectionTarget,
    connections: Connections,
    signal: AbortSignal,
  ): Promise<readonly LookLine[]> {
    if (target !== 'keychain' && connections[target] === null) return [plainLine(target, 'off')];
    const trouble =
      settingsProblem(connections, target) ??
      (await missingSecret(this.#shelf, SECRETS[target], connections, true)) ??
      (target === 'keychain' ? this.#shelf.trouble : null);
    if (trouble) return [plainLine(target, 'failed', trouble)];
    const secrets = await this.#shelf.findAll(SECRETS[target], connections, true);
    const { lookMs } = this.#limits;
    return this.#ask(secrets, lookMs, signal, {
      run: (inner) => this.#probes[target].look({ connections, secrets }, inner),
      late: () => [plainLine(target, 'failed', noAnswer(target, lookMs))],
    });
  }

  /**
   * A real round trip. What the server causes is a failed step; an abort is `app.cancelled`.
   * @param given secrets that were typed for these connections
   * @param saved whether these are the connections that are saved, not a draft of them
   */
  async test(
    target: ConnectionTarget,
    connections: Connections,
    given: Secrets,
    { saved, signal }: { readonly saved: boolean; readonly signal: AbortSignal },
  ): Promise<ProbeReport> {
    const first = await firstSteps(this.#shelf, SECRETS[target], connections, given, saved);
    const { secrets } = first;
    const steps =
      secrets === null
        ? []
        : await this.#track(signal, (own) => this.#test(target, connections, secrets, own));
    const all = [...first.steps, ...steps];
    return { target, ok: all.every(({ state }) => state !== 'failed'), steps: all };
  }

  /** Cuts running tests off and gives them a moment to take away what they wrote. */
  async close(): Promise<void> {
    for (const controller of this.#tests.values()) controller.abort();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#limits.closeMs);
    await Promise.race([Promise.allSettled(this.#tests.keys()), late]);
    clearTimeout(timer);
  }

  #test(target: ConnectionTarget, connections: Connections, secrets: Secrets, signal: AbortSignal) {
    const { testMs } = this.#limits;
    return this.#ask<readonly ProbeStep[]>(secrets, testMs, signal, {
      run: (inner) => this.#probes[target].test({ connections, secrets }, inner),
      late: () => [lateStep(target, testMs)],
    });
  }

  async #ask<T>(
    secrets: Secrets,
    limitMs: number,
    signal: AbortSignal,
    { run, late }: { run: (signal: AbortSignal) => Promise<T>; late: () => T },
  ): Promise<T> {
    try {
      return hideSecrets(await withinLimit(limitMs, signal, run, late), secrets);
    } catch (thrown) {
      throw errorWithoutSecrets(thrown, secrets);
    }
  }

  /** Remembers what runs, so that {@link close} can end it. */
  async #track<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const running = run(controller.signal);
    this.#tests.set(running, controller);
    try {
      return await running;
    } finally {
      this.#tests.delete(running);
      signal.removeEventListener('abort', abort);
    }
  }
}
