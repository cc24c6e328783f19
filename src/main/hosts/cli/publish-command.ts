import { figuresEngineSchema } from '#shared/domain/connections';
import { usageError } from './arguments.ts';
import { EXIT, groupDigits, table } from './output.ts';
import { withEngine, type Context } from './session.ts';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** `publish [--engine local|druid] [--chunk 2024-03]` */
export function publishCommand(context: Context): Promise<number> {
  const chunk = context.args.text('chunk');
  if (chunk !== undefined && !MONTH.test(chunk))
    throw usageError(`“${chunk.slice(0, 20)}” is no month`, 'Write year-month, such as 2024-03.');
  const named = context.args.text('engine');
  return withEngine(context, async ({ client }) => {
    const engine =
      named === undefined
        ? (await client.call('connections.get', {})).connections.figuresFrom
        : figuresEngineSchema.parse(named);
    const input = { engine, ...(chunk === undefined ? {} : { chunk }) };
    const answer = await client.call('publishing.publish', input);
    context.output.out(
      context.json
        ? `${JSON.stringify({ engine, ...answer }, null, 2)}\n`
        : answer.chunks.length === 0
          ? 'The engine serves no months: nothing counts.\n'
          : table(
              ['Month', 'Rows'],
              answer.chunks.map(({ chunk, rows }) => [chunk, groupDigits(String(rows))]),
              ['left', 'right'],
            ),
    );
    return EXIT.done;
  });
}
