import { defineConfig } from 'vitest/config';

/** Quick tests first: `unit` needs no build; the others run the built engine, parser and hosts as real processes. */
const project = (name: string, include: string[], testTimeout: number, fileParallelism = true) => ({
  test: {
    name,
    include,
    fileParallelism,
    environment: 'node',
    setupFiles: ['tests/support/fixed-seed.ts'],
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks' as const,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['src/**/*.test.{ts,tsx}'], 60_000),
      project('contract', ['tests/contract/**/*.test.ts'], 60_000),
      project('integration', ['tests/integration/**/*.test.ts'], 120_000),
      project('fault', ['tests/fault/**/*.test.ts'], 240_000),
      // Against the running servers of `npm run stack`, one file at a time: some stop and start them.
      project('stack', ['tests/stack/**/*.test.ts'], 600_000, false),
      // The same servers, killed in the middle of what they do for the built app.
      project('stack-fault', ['tests/stack-fault/**/*.test.ts'], 900_000, false),
    ],
  },
});
