/** The part of the WebAssembly JavaScript interface that the scanner uses; Node's types leave it out. */
declare namespace WebAssembly {
  interface Module {
    readonly __module?: never;
  }
  const Module: new (bytes: Uint8Array) => Module;
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    /** Memory that is not shared. */
    readonly buffer: ArrayBuffer;
  }
  class Global {
    value: unknown;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
