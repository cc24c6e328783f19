import {
  connectionTargetSchema,
  type ConnectionTarget,
  type ServiceStatus,
} from '#shared/contract/connections';
import type { AppError } from '#shared/errors/app-error';

export const TARGETS = connectionTargetSchema.options;

export const TARGET_NAMES: Readonly<Record<ConnectionTarget, string>> = {
  s3: 'Object store',
  druid: 'Druid',
  postgres: 'PostgreSQL',
  keychain: 'Keychain',
};

/** What one look at a service found; target and last success are added by the watch. */
export type LookLine = Omit<ServiceStatus, 'target' | 'lastSuccessAt'>;

export const plainLine = (
  target: ConnectionTarget,
  state: 'off' | 'checking' | 'failed',
  error: AppError | null = null,
): LookLine => ({
  name: TARGET_NAMES[target],
  state,
  latencyMs: null,
  version: null,
  error: error?.toJSON() ?? null,
});

export interface ServiceWatchOptions {
  /** Targets that are connected to at the moment; the others are off. */
  connected(): Promise<ReadonlySet<ConnectionTarget>>;
  /** Ends by itself, whatever the service does, and never throws. */
  look(target: ConnectionTarget, signal: AbortSignal): Promise<readonly LookLine[]>;
  readonly everyMs: number;
  readonly now: () => Date;
  /** Told of a service that fails for the first time, and when it is back. */
  onChange(status: ServiceStatus): void;
  /** Told when it cannot be known what is connected. */
  onError(error: unknown): void;
}

type Emit = (services: ServiceStatus[]) => void;

/**
 * Looks at every service at once and then every so often, while somebody watches. A target is never looked at twice at
 * the same time: one that hangs costs one look, not one at every tick.
 */
export class ServiceWatch {
  readonly #options: ServiceWatchOptions;
  readonly #listeners = new Set<Emit>();
  readonly #lines = new Map<ConnectionTarget, readonly ServiceStatus[]>();
  readonly #lastSuccess = new Map<string, string>();
  readonly #running = new Map<ConnectionTarget, AbortController>();
  readonly #again = new Set<ConnectionTarget>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ServiceWatchOptions) {
    this.#options = options;
  }

  /** Emits the state of every service, and again whenever it changes. Answers what stops it. */
  async watch(emit: Emit): Promise<() => void> {
    const listener: Emit = (services) => emit(services);
    this.#listeners.add(listener);
    const stop = () => this.#stop(listener);
    try {
      if (this.#timer === null) {
        this.#timer = setInterval(() => void this.#tick(), this.#options.everyMs);
        await this.#round();
      } else emit(this.#services());
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** After a change of settings: what is known belongs to the old ones. */
  refresh(): void {
    this.#lines.clear();
    this.#lastSuccess.clear();
    for (const [target, controller] of this.#running) {
      controller.abort();
      this.#again.add(target);
    }
    if (this.#listeners.size > 0) void this.#tick();
  }

  close(): void {
    for (const emit of this.#listeners) this.#stop(emit);
  }

  #stop(emit: Emit): void {
    if (!this.#listeners.delete(emit) || this.#listeners.size > 0) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#again.clear();
    for (const controller of this.#running.values()) controller.abort();
  }

  async #tick(): Promise<void> {
    try {
      await this.#round();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #round(): Promise<void> {
    const connected = await this.#options.connected();
    for (const target of TARGETS) {
      const known = this.#lines.get(target)?.[0]?.state ?? 'off';
      if (!connected.has(target)) this.#lines.set(target, [this.#status(target, plainLine(target, 'off'))]);
      else if (known === 'off')
        this.#lines.set(target, [this.#status(target, plainLine(target, 'checking'))]);
    }
    this.#emit();
    for (const target of connected) void this.#look(target);
  }

  async #look(target: ConnectionTarget): Promise<void> {
    if (this.#listeners.size === 0) return;
    const before = this.#running.get(target);
    if (before) {
      // One that was cut off and has not ended yet answers nobody.
      if (before.signal.aborted) this.#again.add(target);
      return;
    }
    const controller = new AbortController();
    this.#running.set(target, controller);
    const lines = await this.#options.look(target, controller.signal);
    this.#running.delete(target);
    // An aborted one was of settings that do not hold any more, or for nobody.
    if (!controller.signal.aborted) this.#found(target, lines);
    if (this.#again.delete(target)) void this.#look(target);
  }

  #found(target: ConnectionTarget, lines: readonly LookLine[]): void {
    const before = this.#lines.get(target) ?? [];
    const statuses = lines.map((line) => this.#status(target, line));
    this.#lines.set(target, statuses);
    for (const status of statuses) {
      const failedBefore = before.some(({ name, state }) => name === status.name && state === 'failed');
      if (failedBefore !== (status.state === 'failed')) this.#options.onChange(status);
    }
    this.#emit();
  }

  #status(target: ConnectionTarget, line: LookLine): ServiceStatus {
    const key = `${target} ${line.name}`;
    if (line.state === 'ok') this.#lastSuccess.set(key, this.#options.now().toISOString());
    return { ...line, target, lastSuccessAt: this.#lastSuccess.get(key) ?? null };
  }

  #services(): ServiceStatus[] {
    return TARGETS.flatMap((target) => this.#lines.get(target) ?? []);
  }

  #emit(): void {
    const services = this.#services();
    for (const emit of this.#listeners) emit(services);
  }
}
