import type { ConnectionsView, ProbeReport, ServiceStatus } from '#shared/contract/connections';
import type { AppErrorJson } from '#shared/errors/app-error';

export type Target = ProbeReport['target'];
export const TARGETS = ['s3', 'druid', 'postgres', 'keychain'] as const satisfies readonly Target[];

/** One look at a service, for the row of bars. */
export interface Look {
  readonly ok: boolean;
  readonly latencyMs: number | null;
}

/** What is known of the services now, and of the looks since the window was opened. */
export interface LiveServices {
  readonly services: readonly ServiceStatus[];
  readonly looks: Readonly<Record<Target, readonly Look[]>>;
}

export const NO_SERVICES: LiveServices = {
  services: [],
  looks: { s3: [], druid: [], postgres: [], keychain: [] },
};

export const MOST_LOOKS = 24;

/** Folds what the engine tells into what is known. Looks at other settings, or at another engine, do not count. */
export function applyServices(before: LiveServices, services: readonly ServiceStatus[]): LiveServices {
  const looks = { ...before.looks };
  for (const target of TARGETS) {
    const now = services.filter((service) => service.target === target);
    if (now.length === 0 || now.some(({ state }) => state === 'checking' || state === 'off'))
      looks[target] = [];
    else if (JSON.stringify(now) !== JSON.stringify(before.services.filter((one) => one.target === target))) {
      const look = { ok: now.every(({ state }) => state === 'ok'), latencyMs: slowest(now) };
      looks[target] = [...looks[target], look].slice(-MOST_LOOKS);
    }
  }
  return { services, looks };
}

/** All services of a target in one word. */
export interface TargetStatus {
  readonly target: Target;
  readonly state: ServiceStatus['state'];
  /** Of the slowest. */
  readonly latencyMs: number | null;
  readonly version: string | null;
  /** When all of them last answered; null when one never has. */
  readonly lastSuccessAt: string | null;
  readonly error: AppErrorJson | null;
  readonly services: readonly ServiceStatus[];
  readonly looks: readonly Look[];
}

export function statusOf(target: Target, view: ConnectionsView, live: LiveServices): TargetStatus {
  const services = isSet(target, view) ? live.services.filter((service) => service.target === target) : [];
  const versions = [...new Set(services.flatMap(({ version }) => version ?? []))];
  return {
    target,
    state: stateOf(target, view, services),
    latencyMs: slowest(services),
    version: versions.length === 0 ? null : versions.join(', '),
    lastSuccessAt: earliest(services.map(({ lastSuccessAt }) => lastSuccessAt)),
    error: services.find(({ error }) => error !== null)?.error ?? null,
    services,
    looks: live.looks[target],
  };
}

/** The secrets' place: `locked` when a keychain is there and does not hand them out. */
export function keychainState(view: ConnectionsView, live: LiveServices): 'available' | 'absent' | 'locked' {
  if (view.keychain.available) return 'available';
  const code = statusOf('keychain', view, live).error?.code ?? 'keychain.unavailable';
  return code === 'keychain.unavailable' ? 'absent' : 'locked';
}

/** The keychain is there or not, whatever else is connected. */
export const isSet = (target: Target, view: ConnectionsView): boolean =>
  target === 'keychain' || view.connections[target] !== null;

function stateOf(
  target: Target,
  view: ConnectionsView,
  services: readonly ServiceStatus[],
): ServiceStatus['state'] {
  if (!isSet(target, view)) return 'off';
  if (target === 'keychain') return view.keychain.available ? worst(services, 'ok') : 'failed';
  return worst(services, 'checking');
}

function worst(services: readonly ServiceStatus[], untold: ServiceStatus['state']): ServiceStatus['state'] {
  const states = services.map(({ state }) => state).filter((state) => state !== 'off');
  if (states.length === 0) return untold;
  return (['failed', 'checking'] as const).find((state) => states.includes(state)) ?? 'ok';
}

/** Null when one of them is not known. */
function earliest(times: readonly (string | null)[]): string | null {
  const known = times.filter((time) => time !== null).sort((a, b) => a.localeCompare(b));
  return known.length < times.length ? null : (known[0] ?? null);
}

function slowest(services: readonly ServiceStatus[]): number | null {
  const known = services.flatMap(({ latencyMs }) => latencyMs ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
