import { AppError } from '#shared/errors/app-error';
import type { AnalyticsEngine } from '../../../services/analytics/ports.ts';
import { Semaphore } from '../../../services/publishing/mutex.ts';
import { createDatasourceFacts } from './datasource-facts.ts';
import { askOf, type Ask, type DruidSql } from './druid-sql.ts';
import { readExtent, readValues } from './lookups.ts';
import { runQuery, type Datasource } from './query-runner.ts';
import { createDistinctTotals } from './distinct-totals.ts';
import { SketchRoom } from './sketch-room.ts';

/** Statements of one engine that run in the cluster at the same time; further ones wait here. */
const MAX_CONCURRENT = 4;

/**
 * The cluster's engine: Druid SQL over one datasource. It reads exactly the months of the chunks given, and answers
 * only when they hold as many rows as were published. Sums are exact integers up to the last step, which gives the
 * nearest double; distinct counts are exact. Errors: `app.cancelled`, `druid.datasource_missing`, `druid.rows_differ`
 * and those of the client.
 */
export function createDruidAnalyticsEngine(options: {
  readonly druid: DruidSql;
  readonly datasource: string;
}): AnalyticsEngine {
  const { druid, datasource: name } = options;
  const slots = new Semaphore(MAX_CONCURRENT);
  const limited =
    (ask: Ask): Ask =>
    (statement) =>
      slots.run(() => ask(statement));
  const shared = limited(askOf(druid));
  const facts = createDatasourceFacts(shared, name);
  const datasource: Datasource = {
    name,
    facts,
    totals: createDistinctTotals(shared, name),
    room: new SketchRoom(),
  };

  /** When one statement of a question fails, its others are ended. */
  const use = async <T>(work: (ask: Ask) => Promise<T>, asked?: AbortSignal): Promise<T> => {
    const failed = new AbortController();
    const signal = asked ? AbortSignal.any([asked, failed.signal]) : failed.signal;
    try {
      const answer = await work(limited(askOf(druid, signal)));
      asked?.throwIfAborted();
      return answer;
    } catch (error) {
      failed.abort();
      if (asked?.aborted) throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
      throw error;
    }
  };

  return {
    name: 'druid',
    query: (query, chunks, signal) => use((ask) => runQuery(ask, datasource, query, chunks), signal),
    values: (request, chunks, signal) => use((ask) => readValues(ask, datasource, request, chunks), signal),
    extent: (chunks) => use((ask) => readExtent(ask, datasource, chunks)),
  };
}
