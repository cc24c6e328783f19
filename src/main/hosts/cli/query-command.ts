import type { Comparison, Filter, QueryInput } from '#shared/domain/query';
import { comparisonSchema, GRAINS } from '#shared/domain/query';
import { findAnalysis, NAMED_ANALYSIS_IDS } from '#shared/domain/named-analyses';
import { nearestName } from '#shared/domain/nearest-name';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { AppError, toAppError } from '#shared/errors/app-error';
import { usageError, type Arguments } from './arguments.ts';
import { EXIT } from './output.ts';
import { ANALYSES_TO_COME } from './query-words.ts';
import { resultText } from './result-text.ts';
import { withEngine, type Context } from './session.ts';
import { unfinishedText } from './unfinished.ts';
import { waitUntilPublished } from './wait-until-published.ts';

const ONLY_NAMED = ['from', 'to', 'by', 'grain', 'compare', 'filter', 'limit'];

function filterOf(text: string): Filter {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const dimension = DIMENSIONS.find((candidate) => candidate === name);
  if (!dimension) {
    const nearest = nearestName(name, DIMENSIONS);
    throw usageError(`--filter cannot use “${name || text}”`, `Did you mean “${nearest}=…”?`);
  }
  return { dimension, op: 'in', values: [value === '' ? null : value] };
}

/** Several values of one dimension are alternatives. */
function filtersOf(texts: readonly string[]): Filter[] {
  const values = new Map<string, Filter & { op: 'in' }>();
  for (const filter of texts.map(filterOf)) {
    if (filter.op !== 'in') continue;
    const known = values.get(filter.dimension);
    values.set(filter.dimension, { ...filter, values: [...(known?.values ?? []), ...filter.values] });
  }
  return [...values.values()];
}

function namedQuery(name: string, args: Arguments): QueryInput {
  const analysis = findAnalysis(name);
  if (!analysis) {
    if (ANALYSES_TO_COME.includes(name)) {
      throw new AppError('cli.not_available', 'input', {
        name,
        reason: 'It needs targets, which come with a later version.',
        hint: `Available are: ${NAMED_ANALYSIS_IDS.join(', ')}.`,
      });
    }
    throw usageError(
      `There is no analysis “${name}”`,
      `Did you mean “${nearestName(name, NAMED_ANALYSIS_IDS)}”? Available are: ${NAMED_ANALYSIS_IDS.join(', ')}.`,
    );
  }
  const [from, to] = [args.text('from'), args.text('to')];
  if ((from === undefined) !== (to === undefined)) {
    throw usageError('--from and --to belong together', 'Give both, as yyyy-mm-dd.');
  }
  const compare = args.texts('compare').flatMap((text): Comparison[] => {
    const parsed = comparisonSchema.safeParse(text);
    return parsed.success ? [parsed.data] : [];
  });
  return analysis.query({
    period: from === undefined || to === undefined ? undefined : { from, to },
    filters: filtersOf(args.texts('filter')),
    compare: compare.length > 0 ? compare : undefined,
    grain: GRAINS.find((grain) => grain === args.text('grain')),
    limit: args.number('limit'),
    by: DIMENSIONS.find((dimension) => dimension === args.text('by')),
  });
}

function queryOf(args: Arguments): QueryInput {
  const [text, named] = [args.text('json-query'), args.text('named')];
  if ((text === undefined) === (named === undefined)) {
    throw usageError(
      '“query” needs either --json-query or --named',
      'For example: query --named revenue-summary.',
    );
  }
  if (named !== undefined) return namedQuery(named, args);
  const misplaced = ONLY_NAMED.find((name) => args.flag(name));
  if (misplaced !== undefined) {
    throw usageError(`--${misplaced} goes with --named`, 'Write it into the JSON of --json-query.');
  }
  try {
    // The engine checks it against the contract and names what does not fit.
    return JSON.parse(text ?? '') as QueryInput;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw usageError(
      `--json-query is not JSON: ${problem}`,
      'In a shell, put the JSON between single quotes.',
    );
  }
}

/** What the engine says about a question that was written wrongly is about the command line. */
function asUsage(thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code !== 'app.invalid_input') return error;
  const { path, problem } = error.details;
  const place = typeof path === 'string' && path !== '' ? `${path}: ` : '';
  return usageError(
    `The query was not understood: ${place}${String(problem)}`,
    'Correct it, or start from --named NAME --json.',
  );
}

/** `query --json-query JSON` or `query --named NAME`. */
export async function queryCommand(context: Context): Promise<number> {
  const query = queryOf(context.args);
  return withEngine(context, async ({ client }) => {
    await waitUntilPublished(client, context.output);
    const result = await client.call('analytics.query', query).catch((error: unknown) => {
      throw asUsage(error);
    });
    context.output.out(context.json ? `${JSON.stringify(result, null, 2)}\n` : resultText(result));
    const { jobs } = await client.call('jobs.list', {});
    context.output.err(unfinishedText(jobs));
    return EXIT.done;
  });
}
