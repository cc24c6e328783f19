import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface RotatingFileOptions {
  readonly folder: string;
  /** The newest file is `<name>.log`, older ones `<name>.1.log`, `<name>.2.log` … */
  readonly name: string;
  readonly maxBytes: number;
  /** Older files that are kept beside the newest. */
  readonly keep: number;
}

/** A log file that never grows beyond its limit. Lines are written at once: the last one before a crash is there. */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #descriptor: number;
  #sizeBytes: number;
  #closed = false;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#descriptor = openSync(this.#path(0), 'a');
    this.#sizeBytes = fstatSync(this.#descriptor).size;
  }

  /** After {@link close} lines are dropped: what still ends while a process ends has nowhere to tell. */
  write(line: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(line, 'utf8');
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.byteLength > this.#options.maxBytes) this.#rotate();
    this.#sizeBytes += writeSync(this.#descriptor, bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  #path(age: number): string {
    const { folder, name } = this.#options;
    return join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    rmSync(this.#path(this.#options.keep), { force: true });
    for (let age = this.#options.keep - 1; age >= 0; age -= 1)
      if (existsSync(this.#path(age))) renameSync(this.#path(age), this.#path(age + 1));
    this.#descriptor = openSync(this.#path(0), 'a');
    this.#sizeBytes = 0;
  }
}
