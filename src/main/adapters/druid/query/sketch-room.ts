/** What a cluster turned out to have no room for; learned, because nothing tells the size of its buffers. */
export class SketchRoom {
  #tooManyBytes = Number.POSITIVE_INFINITY;

  fits(sizeBytes: number): boolean {
    return sizeBytes < this.#tooManyBytes;
  }

  refused(sizeBytes: number): void {
    this.#tooManyBytes = Math.min(this.#tooManyBytes, sizeBytes);
  }
}
