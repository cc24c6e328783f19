/** Takes secrets out of texts that servers and tools answer with, should one of them repeat what it was sent. */
export class Redactor {
  readonly #secrets = new Set<string>();

  add(...secrets: readonly (string | undefined | null)[]): void {
    for (const secret of secrets) if (secret) this.#secrets.add(secret);
  }

  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#secrets) cleaned = cleaned.replaceAll(secret, '[redacted]');
    return cleaned;
  }
}
