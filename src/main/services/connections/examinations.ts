import type { Check } from '#shared/contract/app';
import type { ConnectionTarget, ProbeStep } from '#shared/contract/connections';
import { CONNECTION_KINDS } from '#shared/domain/connections';
import type { AppErrorJson } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';
import { ok, trouble, type Examination } from '../diagnostics/index.ts';
import type { ConnectionsService } from './connections-service.ts';
import { type LookLine, TARGET_NAMES } from './service-watch.ts';

type Line = Omit<Check, 'area'>;

const signal = new AbortController().signal;

function failed(
  status: 'warning' | 'failed',
  name: string,
  error: Pick<AppErrorJson, 'code' | 'details'>,
): Line {
  const { title, cause, remedy } = renderError(error);
  return trouble(status, name, title, cause, remedy);
}

function lookLine({ name, latencyMs, version, error }: LookLine): Line {
  if (error) return failed('failed', name, error);
  const parts = [
    latencyMs === null ? 'reachable' : `answers in ${Math.round(latencyMs)} ms`,
    ...(version === null ? [] : [`version ${version}`]),
  ];
  return ok(name, parts.join(', '));
}

function stepLines(target: ConnectionTarget, steps: readonly ProbeStep[]): Line[] {
  const name = `${TARGET_NAMES[target]}, round trip`;
  const warnings = steps
    .filter(({ state }) => state === 'warning')
    .map((step) =>
      step.error
        ? failed('warning', name, step.error)
        : trouble('warning', name, step.name, step.detail, 'Look at this setting on the Connections page.'),
    );
  const broken = steps.find(({ state }) => state === 'failed');
  if (broken?.error) return [...warnings, failed('failed', name, broken.error)];
  return [...warnings, ok(name, `${steps.filter(({ state }) => state === 'ok').length} steps`)];
}

async function examine(service: ConnectionsService, target: ConnectionTarget): Promise<Line[]> {
  const looks = await service.look(target, signal);
  if (looks.every(({ state }) => state === 'off')) return [];
  const lines = looks.map(lookLine);
  // Without an answer to a look there is none to the round trip: one cause is said once.
  if (looks.some(({ state }) => state === 'failed')) return lines;
  const { steps } = await service.test({ target, secrets: {} }, signal);
  return [...lines, ...stepLines(target, steps)];
}

async function examineKeychain(service: ConnectionsService): Promise<Line[]> {
  const [look] = await service.look('keychain', signal);
  if (!look?.error) return [ok('Keychain', 'answers')];
  if (!(await service.needsKeychain())) return [ok('Keychain', 'none, and no connection needs one')];
  return [failed('warning', 'Keychain', look.error)];
}

/** What `app.doctor` checks of connections: a real round trip with each that is set, and the keychain. */
export function connectionExaminations(service: ConnectionsService): readonly Examination[] {
  return [
    ...CONNECTION_KINDS.map((target) => ({
      area: 'connections' as const,
      name: TARGET_NAMES[target],
      examine: () => examine(service, target),
    })),
    { area: 'connections', name: TARGET_NAMES.keychain, examine: () => examineKeychain(service) },
  ];
}
