import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { never, sha256Of } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import type { S3Tuning } from '../../src/main/adapters/s3/s3-object-store.ts';
import { startFaultProxy, type Exchange, type Fault, type FaultProxy } from './fault-proxy.ts';
import { openStore, PART_BYTES, secretsOf } from './s3-store.ts';
import { randomName, startS3Server, whyNoS3Server, type S3Server } from './s3-server.ts';

export const isLeftOut = whyNoS3Server() !== null;

/** Parts of the large file. */
export const PARTS = 4;
export const bytesOf = {
  small: randomBytes(300_000),
  large: randomBytes((PARTS - 1) * PART_BYTES + 12_345),
};
export type FileName = keyof typeof bytesOf;

/** Begins a fault at the first request of its kind and lets the others pass. */
export const first =
  (operation: string, fault: Fault) =>
  (exchange: Exchange): Fault | null =>
    exchange.operation === operation && exchange.before === 0 ? fault : null;

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/**
 * A small and a large file on their way to one key through a proxy, for all tests of a file. Each test has a data folder
 * of its own, and a prefix in which it finds nothing but its own.
 */
export class UploadsBehindProxy {
  readonly key = 'reports/march';
  #server: S3Server | null = null;
  #proxy: FaultProxy | null = null;
  home = '';
  prefix = '';

  constructor() {
    beforeAll(async () => {
      if (isLeftOut) return;
      this.#server = await startS3Server();
      this.#proxy = await startFaultProxy(this.#server);
    });
    afterAll(async () => {
      await this.#proxy?.close();
      await this.#server?.stop();
    });
    beforeEach(() => {
      this.home = mkdtempSync(join(tmpdir(), 'mauzo-home-'));
      this.prefix = randomName();
      for (const [name, bytes] of Object.entries(bytesOf)) writeFileSync(join(this.home, name), bytes);
      this.#proxy?.forget();
    });
    afterEach(() => rmSync(this.home, { recursive: true, force: true }));
  }

  get server(): S3Server {
    if (this.#server === null) throw new Error('not started');
    return this.#server;
  }
  get proxy(): FaultProxy {
    if (this.#proxy === null) throw new Error('not started');
    return this.#proxy;
  }

  open(tuning?: Partial<S3Tuning>) {
    const connection = this.server.connection({ endpoint: this.proxy.endpoint, prefix: this.prefix });
    return openStore(connection, secretsOf(this.server), this.home, tuning);
  }

  put(what: FileName, { tuning, signal = never }: { tuning?: Partial<S3Tuning>; signal?: AbortSignal } = {}) {
    return this.open(tuning).putFile(this.key, join(this.home, what), {
      sha256: sha256Of(bytesOf[what]),
      signal,
    });
  }

  /** By another computer, which does not go through the proxy. */
  async storeByOther(bytes: Uint8Array): Promise<null> {
    const path = join(this.home, 'other');
    writeFileSync(path, bytes);
    const connection = this.server.connection({ prefix: this.prefix });
    const direct = openStore(connection, secretsOf(this.server), join(this.home, 'elsewhere'));
    await direct.putFile(this.key, path, { sha256: sha256Of(bytes), signal: never });
    return null;
  }

  get storedAt(): string {
    return join(this.server.folder, this.server.bucket, this.prefix, this.key);
  }
  /** Where the server keeps the parts of uploads that are not finished. */
  get multipartFolder(): string {
    return join(this.server.folder, this.server.bucket, '.sgwtmp', 'multipart');
  }
  /** What is left of uploads, on the server and in the data folder. */
  rests(): readonly string[] {
    return [...namesIn(this.multipartFolder), ...namesIn(join(this.home, 'uploads'))];
  }

  /** Makes unfinished uploads look as if they had been begun so many days ago. */
  age(days: number): void {
    const then = new Date(Date.now() - days * 24 * 60 * 60 * 1_000);
    for (const object of namesIn(this.multipartFolder))
      for (const upload of namesIn(join(this.multipartFolder, object)))
        utimesSync(join(this.multipartFolder, object, upload), then, then);
  }

  /** What is there now; {@link WHOLE} when all is well. */
  standing(bytes: Buffer) {
    return {
      objects: namesIn(dirname(this.storedAt)),
      isWhole: readFileSync(this.storedAt).equals(bytes),
      rests: this.rests(),
    };
  }
}

/** One whole object, and nothing half done on either side. */
export const WHOLE = { objects: ['march'], isWhole: true, rests: [] };
