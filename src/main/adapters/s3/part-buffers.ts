import { AppError } from '#shared/errors/app-error';

/** The only memory that uploads hold: as many buffers as parts may be on their way at a time, for all uploads together. */
export class PartBuffers {
  readonly #sizeBytes: number;
  readonly #count: number;
  readonly #idle: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #taken = 0;

  constructor(count: number, sizeBytes: number) {
    this.#count = count;
    this.#sizeBytes = sizeBytes;
  }

  /** Waits for a buffer. Whoever takes one must not wait for another before it gives the first back. */
  async take(signal: AbortSignal): Promise<Buffer> {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    if (this.#taken < this.#count) {
      this.#taken += 1;
      return this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#sizeBytes);
    }
    return new Promise((resolve, reject) => {
      const receive = (buffer: Buffer) => {
        signal.removeEventListener('abort', leave);
        resolve(buffer);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(receive), 1);
        reject(new AppError('app.cancelled', 'cancelled'));
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(receive);
    });
  }

  give(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next) {
      next(buffer);
      return;
    }
    this.#taken -= 1;
    this.#idle.push(buffer);
    // Nothing is uploaded any more: the memory goes back.
    if (this.#taken === 0) this.#idle.length = 0;
  }
}
