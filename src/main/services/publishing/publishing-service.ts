import type { Output, ParsedInput } from '#shared/contract/index';
import { AppError } from '#shared/errors/app-error';
import type { ClusterPublisher } from './cluster-publisher.ts';
import type { RenewableLog } from './ports.ts';
import type { Publisher } from './publisher.ts';

export interface PublishingServiceOptions {
  readonly dataset: string;
  readonly registry: RenewableLog;
  readonly publisher: Publisher;
  readonly cluster: ClusterPublisher | null;
}

/** Publishing when somebody asks for it; after each import and undo it runs by itself. */
export class PublishingService {
  readonly #options: PublishingServiceOptions;

  constructor(options: PublishingServiceOptions) {
    this.#options = options;
  }

  /**
   * Brings the engine up to what counts; a month that is named is built anew from its files, whatever the engine has.
   * Months are built for the cluster from those of the local engine, so both get a named month anew.
   */
  async publish(
    { engine, chunk }: ParsedInput<'publishing.publish'>,
    signal: AbortSignal,
  ): Promise<Output<'publishing.publish'>> {
    const { dataset, registry, publisher, cluster } = this.#options;
    const served = engine === 'druid' ? cluster : publisher;
    if (!served) throw new AppError('publishing.no_cluster', 'input');
    if (chunk !== undefined) {
      if (!(await registry.renew(dataset, chunk)))
        throw new AppError('publishing.chunk_unknown', 'notFound', { chunk });
      publisher.markDirty();
      cluster?.markDirty();
    }
    await (engine === 'druid' && cluster ? cluster.publish(signal) : publisher.publish());
    const { dataVersion, chunks } = served.current();
    return {
      dataVersion,
      chunks: chunks
        .map((item) => ({ chunk: item.chunk, generation: item.generation, rows: item.rows }))
        .filter((item) => chunk === undefined || item.chunk === chunk),
    };
  }
}
