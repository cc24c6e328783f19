import type { ProbeReport } from '#shared/contract/connections';
import { errorText } from '../../../ui/error-text.ts';
import { formatDuration, formatTimestamp, plural } from '../../../ui/format.ts';
import { SERVICE_NAMES, type StateWords } from './words.ts';

/** A finished test in a few words. */
export function verdictOf({ ok, steps }: ProbeReport): StateWords {
  const failed = steps.findIndex(({ state }) => state === 'failed');
  if (failed >= 0)
    return { text: `Failed at step ${failed + 1} of ${steps.length}`, tone: 'bad', icon: 'error' };
  if (!ok) return { text: 'Failed', tone: 'bad', icon: 'error' };
  const warnings = steps.filter(({ state }) => state === 'warning').length;
  if (warnings > 0)
    return { text: `Passed with ${plural(warnings, 'warning')}`, tone: 'warn', icon: 'warning' };
  const passed = steps.filter(({ state }) => state === 'ok').length;
  return passed === 0
    ? { text: 'Nothing was tested', tone: 'neutral', icon: 'none' }
    : { text: `${plural(passed, 'step')} passed`, tone: 'good', icon: 'ok' };
}

const STATE_WORDS = { ok: 'ok', warning: 'warning', failed: 'FAILED', skipped: 'not run' } as const;

/** The whole report as text, for whoever manages the server. Holds no secret: steps and details never do. */
export function reportText(report: ProbeReport, startedAt: string): string {
  const steps = report.steps.flatMap((step) => [
    `${STATE_WORDS[step.state]}: ${step.name}${step.state === 'skipped' ? '' : ` (${formatDuration(step.elapsedMs)})`}${step.detail === '' ? '' : `: ${step.detail}`}`,
    ...(step.error === null ? [] : [indent(errorText(step.error))]),
  ]);
  return [
    `Test of ${SERVICE_NAMES[report.target]}, ${formatTimestamp(startedAt)}: ${verdictOf(report).text}`,
    ...steps,
  ].join('\n');
}

const indent = (text: string): string => text.replaceAll(/^/gm, '  ');
