import { formatE4 } from '#shared/domain/values/numbers';

const SMALL = 2 ** 50;
const FULL = 2 ** 52;

/** An exact sum of integers: doubles while they are exact, a bigint beyond. */
export class ExactSum {
  #low = 0;
  #high = 0n;
  #any = false;

  add(value: number): void {
    this.#any = true;
    if (value > SMALL || value < -SMALL) this.#high += BigInt(value);
    else {
      this.#low += value;
      if (this.#low > FULL || this.#low < -FULL) this.#carry();
    }
  }

  addBig(value: bigint): void {
    this.#any = true;
    this.#high += value;
  }

  #carry(): void {
    this.#high += BigInt(this.#low);
    this.#low = 0;
  }

  get total(): bigint {
    return this.#high + BigInt(this.#low);
  }

  /** The sum of ten-thousandths as decimal text; null when nothing was added. */
  get text(): string | null {
    return this.#any ? formatE4(this.total) : null;
  }
}
