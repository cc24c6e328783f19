import { METRICS } from '#shared/domain/metrics/catalogue';
import { EXIT, plain, table } from './output.ts';
import { withEngine, type Context } from './session.ts';

/** `metrics list`: needs no data folder. */
export function metricsListCommand({ json, output }: Context): Promise<number> {
  const metrics = METRICS.map(({ id, label, formula, unit, additive }) => ({
    id,
    label,
    formula,
    unit,
    additive,
  }));
  output.out(
    json
      ? `${JSON.stringify({ metrics }, null, 2)}\n`
      : table(
          ['Metric', 'Unit', 'Label', 'Formula'],
          metrics.map((metric) => [metric.id, metric.unit, metric.label, metric.formula]),
          ['left', 'left', 'left', 'left'],
        ),
  );
  return Promise.resolve(EXIT.done);
}

const SIGNS = { ok: '✓', warning: '!', failed: '✗' } as const;

/** `doctor`: one line each, with cause and remedy where something is wrong. */
export function doctorCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const { checks } = await client.call('app.doctor', {});
    const width = Math.max(...checks.map((check) => check.area.length));
    const indent = ' '.repeat(width + 5);
    const lines = checks.flatMap((check) => [
      `${SIGNS[check.status]} ${check.area.padEnd(width)} ${check.name}: ${check.detail}`,
      ...(check.cause === null ? [] : [indent + check.cause]),
      ...(check.remedy === null ? [] : [indent + check.remedy]),
    ]);
    context.output.out(
      context.json ? `${JSON.stringify({ checks }, null, 2)}\n` : `${lines.map(plain).join('\n')}\n`,
    );
    return checks.some((check) => check.status === 'failed') ? EXIT.doneWithFindings : EXIT.done;
  });
}
