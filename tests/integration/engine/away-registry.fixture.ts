import type { Stores } from '../../../src/main/services/imports/store-ports.ts';
import { AppError } from '../../../src/shared/errors/app-error.ts';

/** A fake of a registry on a server: the embedded one, which a test can take away and bring back. */
export class AwayRegistry {
  /** Calls that found it away. */
  refused = 0;
  #code: string | null = null;
  /** Called in place of the next `activate`. */
  onActivate: ((activate: () => Promise<unknown>) => Promise<never>) | null = null;
  /** Called once the next entry is in the log. */
  onActivated: (() => void) | null = null;

  leave(code = 'postgres.refused'): void {
    this.#code = code;
  }

  comeBack(): void {
    this.#code = null;
  }

  readonly wrap = (stores: Stores): Stores => {
    const { registry } = stores;
    const guarded =
      <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> => {
        if (this.#code === null) return call(...args);
        this.refused += 1;
        return Promise.reject(new AppError(this.#code, 'unavailable', { address: 'db.example:5432' }));
      };
    return {
      ...stores,
      registry: {
        registryId: guarded(registry.registryId),
        findImport: guarded(registry.findImport),
        listImports: guarded(registry.listImports),
        log: guarded(registry.log),
        footprint: guarded(registry.footprint),
        renew: guarded(registry.renew),
        desiredGenerations: guarded(registry.desiredGenerations),
        undo: guarded(registry.undo),
        activate: guarded(async (change) => {
          const instead = this.onActivate;
          this.onActivate = null;
          if (instead) return instead(() => registry.activate(change));
          const entry = await registry.activate(change);
          this.onActivated?.();
          this.onActivated = null;
          return entry;
        }),
      },
    };
  };
}
