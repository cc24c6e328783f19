import { AppError } from '#shared/errors/app-error';

interface Condition {
  readonly IfNoneMatch?: '*';
}

/**
 * Writes only where nothing is, as one step of the server. Servers that do not know the condition refuse it once; from
 * then on only the look before each write protects what is there.
 */
export class ConditionalWrites {
  #isKnown = true;

  async send<Answer>(write: (condition: Condition) => Promise<Answer>): Promise<Answer> {
    if (this.#isKnown) {
      try {
        return await write({ IfNoneMatch: '*' });
      } catch (thrown) {
        // "A header is not implemented" does not always say which one: it was the condition if it works without.
        if (!(thrown instanceof AppError && thrown.code === 's3.checksum_refused')) throw thrown;
      }
    }
    const answer = await write({});
    this.#isKnown = false;
    return answer;
  }
}
