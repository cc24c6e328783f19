import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** Native packages stay outside the bundles; everything else (also ESM-only packages) is carried inside, as CommonJS. */
const external = [
  'electron',
  'nodejs-polars',
  /^nodejs-polars-/,
  '@duckdb/node-api',
  /^@duckdb\//,
  /^@napi-rs\/keyring/,
];

const node = (input: Record<string, string>, outDir: string) => ({
  build: {
    outDir,
    externalizeDeps: false,
    minify: false,
    sourcemap: true,
    target: 'node16',
    rollupOptions: {
      input,
      external,
      output: {
        format: 'cjs' as const,
        entryFileNames: '[name].cjs',
        chunkFileNames: 'chunks/[name]-[hash].cjs',
      },
    },
  },
});

export default defineConfig({
  main: node(
    {
      index: resolve('src/main/index.ts'),
      engine: resolve('src/main/engine/main.ts'),
      parser: resolve('src/main/parser/main.ts'),
      cli: resolve('src/main/hosts/cli/main.ts'),
    },
    'out/main',
  ),
  preload: node({ index: resolve('src/preload/index.ts') }, 'out/preload'),
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: { outDir: resolve('out/renderer'), rollupOptions: { input: resolve('src/renderer/index.html') } },
  },
});
