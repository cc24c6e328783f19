import type { Manifest, ManifestReader } from '../publishing/ports.ts';
import type { AnalyticsEngine, DataExtent, EngineQuery } from './ports.ts';

/** A manifest that a test moves on, and that counts what is held. */
export function testManifest() {
  let current: Manifest = {
    dataVersion: 1,
    chunks: [{ chunk: '2024-03', generation: 1, path: '/a', rows: 3 }],
  };
  let publishing = false;
  const listeners = new Set<() => void>();
  const held: number[] = [];
  const reader: ManifestReader = {
    current: () => current,
    isPublishing: () => publishing,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retain(manifest) {
      held.push(manifest.dataVersion);
      return () => held.splice(held.indexOf(manifest.dataVersion), 1);
    },
  };
  return {
    reader,
    held,
    listeners,
    advance(chunks = current.chunks) {
      current = { dataVersion: current.dataVersion + 1, chunks };
      for (const listener of listeners) listener();
    },
    setPublishing(value: boolean) {
      publishing = value;
      for (const listener of listeners) listener();
    },
  };
}

export const EXTENT: DataExtent = {
  rows: 3,
  from: '2024-01-05',
  to: '2024-03-15',
  branches: ['Embu', 'Thika'],
  branchesInNewestMonth: ['Thika'],
};

/** An engine whose queries end when the test says so. */
export function testEngine(extent: DataExtent = EXTENT) {
  const asked: {
    query: EngineQuery;
    signal: AbortSignal;
    answer: (value: number) => void;
    fail: (error: Error) => void;
  }[] = [];
  let extents = 0;
  const engine: AnalyticsEngine = {
    name: 'local',
    query: (query, _chunks, signal) =>
      new Promise((resolve, reject) => {
        asked.push({
          query,
          signal,
          answer: (value) => resolve({ rows: [[value]], totals: null, rowCount: 1, coverage: {} }),
          fail: reject,
        });
      }),
    values: () => Promise.resolve({ values: [{ value: null, rows: 2 }], total: 1 }),
    extent: () => {
      extents += 1;
      return Promise.resolve(extent);
    },
  };
  return { engine, asked, extents: () => extents };
}

/** Resolves when the engine has been asked so many times. */
export async function untilAsked(engine: { asked: readonly unknown[] }, times: number): Promise<void> {
  for (let turn = 0; turn < 100 && engine.asked.length < times; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  if (engine.asked.length !== times)
    throw new Error(`asked ${engine.asked.length} times instead of ${times}`);
}
